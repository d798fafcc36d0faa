"""Several calls of the object store at the same time, but not more of them than it takes well."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

__all__ = ["at_once"]

T = TypeVar("T")
R = TypeVar("R")


async def at_once(most: int, call: Callable[[T], Awaitable[R]], arguments: Iterable[T]) -> list[R]:
    """Return what a call gives for each argument, in their order; `most` run at the same time.

    When one raises, the others are awaited, and what it has raised is raised here.
    """
    gate = asyncio.Semaphore(most)

    async def one(argument: T) -> R:
        async with gate:
            return await call(argument)

    ended = await asyncio.gather(*(one(each) for each in arguments), return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return [each for each in ended if not isinstance(each, BaseException)]
