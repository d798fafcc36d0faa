"""Every examination, one by one: a bad part hides none of the others, and none takes long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings

from fairway.errors import one_line

if TYPE_CHECKING:
    from servicekit.settings import Settings

__all__ = ["Examination", "Examine", "bad", "examine", "examine_parts", "good"]

PATIENCE_S = 15.0
"""A part that has not answered by then does not answer."""


@dataclass(frozen=True)
class Examination:
    """What was found of one part, and what to do where it is not good."""

    part: str
    good: bool
    found: str
    remedy: str = ""


Examine = Callable[["Settings"], Awaitable[list[Examination]]]


def good(part: str, found: str) -> Examination:
    """Return that a part is as it should be."""
    return Examination(part, True, found)


def bad(part: str, found: str, remedy: str) -> Examination:
    """Return that something is wrong with a part."""
    return Examination(part, False, found, remedy)


async def examine(settings: "Settings") -> list[Examination]:
    """Examine the machine and every part that the settings name, and see that the kernels compile."""
    from fairway.examination import machine

    found = await examine_parts(settings)  # before the kernels, which compute and let nobody else
    return found + await _without_fail("kernels", machine.kernels, settings, patience_s=None)


async def examine_parts(settings: "Settings") -> list[Examination]:
    """Examine the machine and every part that the settings name, side by side."""
    from fairway.examination import broker, database, machine, mail, objects

    apart: tuple[tuple[str, Examine], ...] = (
        ("Python", machine.python),
        ("clock", machine.clock),
        ("data folder", machine.folder),
        ("disk", machine.disk),
        ("database", database.database),
        ("objects", objects.objects),
        ("broker", broker.broker),
        ("mail", mail.mail),
    )
    found = await asyncio.gather(*(_without_fail(part, look, settings) for part, look in apart))
    results = [result for several in found for result in several]
    return [replace(result, found=_discreet(result.found, settings)) for result in results]


async def _without_fail(
    part: str, look: Examine, settings: "Settings", patience_s: float | None = PATIENCE_S
) -> list[Examination]:
    try:
        async with asyncio.timeout(patience_s):
            return await look(settings)
    except TimeoutError:
        return [bad(part, f"no answer within {patience_s:.0f} s", "check that it runs and that its address is right")]
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a part is what we are here to say
        return [bad(part, one_line(error), "mend what it says; `fairway --debug doctor` shows more")]


def _discreet(text: str, settings: "Settings") -> str:
    """Take every secret out of a text: errors of libraries are not ours to trust."""
    from sqlalchemy.engine import make_url

    secrets = set(_secrets(settings))
    if settings.database.url is not None:
        try:
            secrets.add(make_url(settings.database.url.get_secret_value()).password or "")
        except Exception:  # noqa: BLE001 - an address that cannot be read has no password to find
            secrets.discard("")
    for secret in sorted(secrets - {""}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(settings: BaseModel | BaseSettings) -> list[str]:
    found: list[str] = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            found.append(value.get_secret_value())
        elif isinstance(value, BaseModel):
            found += _secrets(value)
    return found
