"""Images without an engine that builds them."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import IO

__all__ = ["archive_of_program", "built_from"]


def built_from(archive: Path) -> str:
    """Return when the image of an archive was built, and from which revision where its label says so."""
    with tarfile.open(archive) as tar:
        manifest = json.load(_member(tar, "manifest.json"))
        config = json.load(_member(tar, manifest[0]["Config"]))
    revision = (config["config"].get("Labels") or {}).get("org.opencontainers.image.revision", "unknown")
    built = f"built {config['created'][:16].replace('T', ' ')} UTC"
    return built if revision == "unknown" else f"{built} from {revision}"


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    member = tar.extractfile(name)
    if member is None:
        raise ValueError(f"{name} in the archive of an image is no file")
    return member


def archive_of_program(program: Path, name: str, archive: Path) -> None:
    """Write an archive with an image that consists of one static program and starts it."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        _add(tar, "program", program.read_bytes(), mode=0o755)
    digest = hashlib.sha256(layer.getvalue()).hexdigest()
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Entrypoint": ["/program"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        }
    ).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(archive, mode="w") as tar:
        _add(tar, config_name, config)
        _add(tar, "layer.tar", layer.getvalue())
        _add(tar, "manifest.json", manifest)


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))
