"""A program of the cluster as a process of its own."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from local_parts.process import PartProcess

__all__ = ["Component"]


class Component(PartProcess):
    """Runs one command in a folder of its own until it is stopped."""

    start_s = 120.0

    def __init__(
        self,
        name: str,
        folder: Path,
        command: Sequence[str | Path],
        *,
        answers: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder / name)
        self.name = name
        self._words = [str(word) for word in command]
        self._is_up = answers
        self._variables = dict(environment or {})

    @property
    @override
    def address(self) -> str:
        return ""

    @override
    def _prepare(self) -> None:
        pass

    @override
    def _command(self) -> Sequence[str]:
        return self._words

    @override
    def _environment(self) -> Mapping[str, str]:
        return self._variables

    @override
    def _answers(self) -> bool:
        return self._is_up()
