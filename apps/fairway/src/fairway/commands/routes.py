"""``fairway routes``: which service answers which address."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from fairway.console import OutputFormat, answer_json, show_rows

__all__ = ["description", "routes"]


def routes(
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Show which service answers which address, for the proxy in front of them; the first rule that matches decides."""
    from fairway.route_table import route_table

    if output is OutputFormat.JSON:
        answer_json(description())
    else:
        show_rows(("match", "path", "service"), ((rule.match, rule.path, rule.service) for rule in route_table()))


def description() -> dict[str, Any]:
    """Return the table as it stands in ``deploy/routes.json``."""
    from fairway.route_table import PRIVATE, route_table

    return {"private": list(PRIVATE), "rules": [asdict(rule) for rule in route_table()]}
