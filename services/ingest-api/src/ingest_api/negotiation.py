"""Which of the forms that a resource has the caller likes best (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence

__all__ = ["preferred"]


def preferred(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the best of `offers` (media types, the default first), or None where the caller takes none of them."""
    if accept is None or not accept.strip():
        return offers[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    weighed = [(_quality(offer, ranges), -place, offer) for place, offer in enumerate(offers)]
    quality, _, best = max(weighed)
    return best if quality > 0 else None


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return media.lower(), quality


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality by the most specific range that covers `offer`."""
    kind = offer.partition("/")[0]
    for specific in (offer, f"{kind}/*", "*/*"):
        found = [quality for media, quality in ranges if media == specific]
        if found:
            return max(found)
    return 0.0
