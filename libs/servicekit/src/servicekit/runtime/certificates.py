"""When the certificates end that settings name."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from servicekit.settings import Settings

__all__ = ["certificates_end"]


def certificates_end(settings: Settings) -> dict[str, datetime]:
    """Return by setting when the first certificate of each file is valid no longer; what cannot be read is left out."""
    files = {
        "FAIRWAY_KAFKA__CA_FILE": settings.kafka.ca_file,
        "FAIRWAY_KAFKA__CERT_FILE": settings.kafka.cert_file,
        "FAIRWAY_MAIL__SMTP__CA_FILE": settings.mail.smtp.ca_file,
    }
    ends = {}
    for setting, file in files.items():
        end = None if file is None else _first_end(file)
        if end is not None:
            ends[setting] = end
    return ends


def _first_end(file: Path) -> datetime | None:
    try:
        return _read(file, file.stat().st_mtime_ns)
    except (OSError, ValueError):  # who uses the file says what is wrong with it
        return None


@lru_cache(maxsize=16)
def _read(file: Path, _modified_ns: int) -> datetime:
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - only who names a file pays for it

    return min(certificate.not_valid_after_utc for certificate in load_pem_x509_certificates(file.read_bytes()))
