"""Content negotiation: the caller's best form, ours first where they do not care."""

import pytest

from ingest_api.negotiation import preferred

OFFERS = ("application/json", "text/csv", "text/plain")


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/plain, text/csv;q=0.9", "text/plain"),
        ("text/csv;q=0.1, */*;q=0.5", "application/json"),
        ("text/*;q=0.9, text/csv;q=0", "text/plain"),
        ("application/xml", None),
        ("application/json;q=0", None),
        ("application/json;q=nonsense", None),
    ],
)
def test_the_best_offer(accept: str | None, best: str | None) -> None:
    assert preferred(accept, OFFERS) == best
