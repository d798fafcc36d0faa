"""Addresses of pages, for mails."""

__all__ = ["conjunction_page", "document_page", "feeds_page", "link_page", "screening_page"]


def document_page(base_url: str, document_id: str) -> str:
    """Return the page of a document with its findings."""
    return f"{base_url}/documents/{document_id}"


def conjunction_page(base_url: str, event_id: str) -> str:
    """Return the page of a conjunction event."""
    return f"{base_url}/conjunctions/{event_id}"


def screening_page(base_url: str, run_id: str) -> str:
    """Return the page of a screening run."""
    return f"{base_url}/screenings/{run_id}"


def link_page(base_url: str, organization_id: str) -> str:
    """Return the page of an organization's link to Space-Track, with its checklist."""
    return f"{base_url}/space-track/{organization_id}"


def feeds_page(base_url: str) -> str:
    """Return the page of what is connected outside."""
    return f"{base_url}/feeds"
