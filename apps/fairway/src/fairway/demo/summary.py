"""The summary of a demonstration, as tables."""

from collections import Counter

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table

from fairway.demo.scenario import Scenario
from fairway.demo.walk import Outcome
from spacetrack_simulator import most_within

__all__ = ["print_summary"]

_SHOWN = 12


def print_summary(outcome: Outcome, scenario: Scenario, console: Console) -> None:
    """Print documents and verdicts, screenings, close approaches, mails, and the time of each step."""
    label = (
        "SYNTHETIC catalogue: no object in it exists" if scenario.is_synthetic else "replay of an archived catalogue"
    )
    console.print()
    console.print(Panel(f"Fairway demonstration, {label}; as of {scenario.start:%Y-%m-%dT%H:%M:%SZ}", expand=False))
    console.print(_documents(outcome))
    console.print(_findings(outcome))
    console.print(_screenings(outcome))
    console.print(_conjunctions(outcome))
    if outcome.requests:
        console.print(_space_track(outcome))
    console.print(_mails(outcome))
    console.print(_steps(outcome))


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", title_style="bold")


def _documents(outcome: Outcome) -> Table:
    table = _table("Documents", "file", "kind", "verdict", "errors", "warnings", "to Space-Track")
    states = {one["ephemeris_id"]: one["state"] for one in outcome.submissions}
    for document in sorted(outcome.documents, key=lambda one: one["received_at"]):
        verdict = document["verdict"] or {}
        table.add_row(
            document["file_name"],
            verdict.get("kind", ""),
            document["status"],
            str(verdict.get("error_count", "")),
            str(verdict.get("warning_count", "")),
            states.get(document["ephemeris_id"], ""),
        )
    return table


def _findings(outcome: Outcome) -> Group:
    lines = []
    for document in outcome.documents:
        if document["status"] != "rejected":
            continue
        for finding in document["verdict"]["findings"][:_SHOWN]:
            if finding["severity"] == "error":
                place = f"{document['file_name']}:{finding['line']}:{finding['column']}"
                hint = f"\n    {finding['hint']}" if finding["hint"] else ""
                lines.append(f"[red]{place}[/] {finding['rule']}: {finding['message']}[dim]{hint}[/]")
    return Group(*lines, "")


def _screenings(outcome: Outcome) -> Group:
    table = _table("Screenings", "kind", "state", "objects", "screened", "not screened", "approaches", "CDMs")
    for run in sorted(outcome.screenings, key=lambda one: one["requested_at"]):
        counts = ("object_count", "screened_count", "not_screened_count", "approach_count", "cdm_count")
        table.add_row(run["kind"], run["state"], *("" if run[name] is None else f"{run[name]:,}" for name in counts))
    reasons = ", ".join(f"{reason}: {len(numbers)} objects" for reason, numbers in sorted(outcome.not_screened.items()))
    return Group(table, f"not screened, because: {reasons or 'every object was'}", "")


def _conjunctions(outcome: Outcome) -> Group:
    table = _table(
        "Close approaches", "TCA (UTC)", "objects", "miss distance", "speed", "probability", "method", "level"
    )
    order = {"emergency": 0, "unquantified": 1, "reportable": 2}
    ranked = sorted(
        outcome.conjunctions,
        key=lambda one: (order.get(one["level"], 3), -(one["collision_probability"] or 0.0), one["miss_distance_m"]),
    )
    for event in ranked[:_SHOWN]:
        cdm = outcome.cdms[event["id"]]
        if event["collision_probability"] is not None:
            value, method = f"{event['collision_probability']:.2e}", cdm["probability_method"]
        else:
            value, method = f"≤ {event['maximum_probability']:.1e}", "bound, no covariance"
        table.add_row(
            event["tca"][:23],
            f"{event['object_name_low']} / {event['object_name_high']}",
            f"{event['miss_distance_m']:,.0f} m",
            f"{event['relative_speed_m_s'] / 1000:.2f} km/s",
            value,
            method,
            event["level"],
        )
    rest = len(ranked) - _SHOWN
    return Group(table, f"and {rest} more\n" if rest > 0 else "")


def _space_track(outcome: Outcome) -> Group:
    table = _table("Space-Track (simulated)", "what", "count")
    states = Counter(one["state"] for one in outcome.submissions)
    for state, count in sorted(states.items()):
        table.add_row(f"ephemerides {state}", str(count))
    table.add_row("CDMs pulled", str(len(outcome.from_space_track)))
    table.add_row("events that both know", str(outcome.known_to_both))
    table.add_row("requests of the account", str(len(outcome.requests)))
    table.add_row("most requests in a minute (limit 30)", str(most_within(outcome.requests, 60.0)))
    return Group(table, "")


def _mails(outcome: Outcome) -> Table:
    table = _table("Mails", "what", "to", "count")
    counts = Counter((one["kind"], one["recipient"]) for one in outcome.notifications)
    for (kind, recipient), count in sorted(counts.items()):
        table.add_row(kind, recipient, str(count))
    return table


def _steps(outcome: Outcome) -> Table:
    table = _table("Time", "step", "seconds")
    for what, seconds in outcome.steps:
        table.add_row(what, f"{seconds:.1f}")
    table.add_row("together", f"{sum(seconds for _, seconds in outcome.steps):.1f}")
    return table
