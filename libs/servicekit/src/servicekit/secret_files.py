"""Secrets from files: beside ``FAIRWAY_X`` of a secret setting stands ``FAIRWAY_X_FILE``, the file that holds it.

Files are how containers are given secrets: they appear in no listing of the environment and in no process table.
"""

import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, EnvSettingsSource
from typing_extensions import override

from servicekit.errors import InvalidSettings

__all__ = ["EnvironmentWithSecretFiles", "secret_variables"]

_SUFFIX = "_FILE"


class EnvironmentWithSecretFiles(EnvSettingsSource):
    """The environment, in which a secret may be given by the name of a file."""

    @override
    def _load_env_vars(self) -> Mapping[str, str | None]:
        variables = dict(super()._load_env_vars())
        for name in secret_variables(self.settings_cls):
            by_file = name + _SUFFIX
            file = variables.pop(by_file.lower(), None)
            if file is None:
                continue
            if name.lower() in variables:
                raise InvalidSettings(f"{name} and {by_file} are both set: one of them is enough")
            variables[name.lower()] = _content(by_file, Path(file))
        return variables


def secret_variables(kind: type[BaseSettings]) -> list[str]:
    """Return the variables of the secrets of `kind` that may be given by a file."""
    return [f"{kind.model_config.get('env_prefix', '')}{'__'.join(path)}".upper() for path in _secrets(kind) if path]


def _secrets(kind: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    for name, info in kind.model_fields.items():
        if f"{name}_file" in kind.model_fields:
            continue  # the group has a setting of its own for it
        for part in _members(info.annotation):
            if part is SecretStr:
                yield (name,)
            elif isinstance(part, type) and issubclass(part, BaseModel):
                yield from ((name, *rest) for rest in _secrets(part))


def _members(annotation: object) -> tuple[object, ...]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _content(variable: str, file: Path) -> str:
    try:
        content = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InvalidSettings(f"{variable}: there is no file {file}") from None
    except UnicodeDecodeError:
        raise InvalidSettings(f"{variable}: {file} is not text in UTF-8") from None
    except OSError as error:
        raise InvalidSettings(f"{variable}: {file} cannot be read ({error.strerror})") from None
    if not (secret := content.rstrip("\r\n")):
        raise InvalidSettings(f"{variable}: {file} is empty")
    return secret
