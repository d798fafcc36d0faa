"""``fairway pc``: the probability of collision of a CDM, ours beside its own."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from fairway.console import OutputFormat, answer_json, answers, note
from fairway.encounter_summary import encounter_as_json, encounter_as_lines, trials_as_json
from fairway.errors import CommandError

if TYPE_CHECKING:
    from assessment.cdm_reading import CdmAssessment
    from astrodynamics.probability import CollisionProbability

__all__ = ["pc"]

_ABOUT_FRAMES = ("CDM-012", "CDM-013")
"""A message in other frames than the standard's, or in two, is no valid CDM; what it says can be computed."""


def pc(
    files: Annotated[list[Path], typer.Argument(metavar="CDM…", help="Conjunction data messages.")],
    method: Annotated[str, typer.Option(help="A method, or all of them.")] = "disk",
    hard_body_radius_m: Annotated[
        float | None, typer.Option(help="Combined hard-body radius in metres, instead of the message's.")
    ] = None,
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Compute the probability of collision of each message again, with method, flags and its own value beside it."""
    from assessment.cdm_reading import assess_cdm
    from astrodynamics.probability import METHODS

    if method != "all" and method not in METHODS:
        raise CommandError(f"there is no method {method!r}: use one of {', '.join(METHODS)} or all")
    if hard_body_radius_m is not None and not 0.0 < hard_body_radius_m < math.inf:
        raise CommandError("--hard-body-radius-m must be more than 0, and finite")
    methods = tuple(METHODS) if method == "all" else (method,)
    unreadable = 0
    for file in files:
        try:
            message = _read(file)
        except CommandError as error:
            if len(files) == 1:
                raise
            note(f"fairway: {error}")
            unreadable += 1
            continue
        assessed = assess_cdm(message, methods=methods, hard_body_radius_m=hard_body_radius_m)
        if output is OutputFormat.JSON:
            answer_json(_as_json(file, assessed))
        else:
            _print(file, assessed)
    if unreadable:
        raise CommandError(f"{unreadable} of {len(files)} messages cannot be read; the others stand above")


def _read(file: Path) -> Any:
    import ccsds

    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}. Check the name") from error
    try:
        message = ccsds.read(content, profile="operational")
    except ccsds.InvalidMessage as error:
        first = next((finding for finding in error.report.errors if finding.rule not in _ABOUT_FRAMES), None)
        if first is not None or not error.report.errors:
            first = first or error.report.findings[0]
            raise CommandError(f"{file}:{first.line or 1}: {first.rule}: {first.message}") from error
        message = ccsds.read(content, profile="lenient")
        for finding in error.report.errors:
            note(f"{file}:{finding.line or 1}: {finding.rule}: {finding.message}; computed all the same")
    if not isinstance(message, ccsds.Cdm):
        raise CommandError(f"{file} is not a conjunction data message: give a CDM")
    return message


def _as_json(file: Path, assessed: "CdmAssessment") -> dict[str, Any]:
    return {
        "file": str(file),
        "message_id": assessed.cdm.header.message_id,
        "objects": [side.designator for side in assessed.sides],
        "hard_body_radius_m": assessed.hard_body_radius.radius_m,
        "hard_body_radius_source": list(assessed.hard_body_radius.sources),
        "cdm": {"probability": assessed.own_probability, "method": assessed.own_method},
        "matching_method": assessed.matching_method,
        "comparison": assessed.comparison.statement,
        "results": {name: _result_as_json(result) for name, result in assessed.results.items()},
        "variants": {name: _result_as_json(result) for name, result in assessed.variants.items()},
        "maximum_probability": _or_none(assessed.maximum_probability),
        "encounter": encounter_as_json(assessed),
    }


def _result_as_json(result: "CollisionProbability") -> dict[str, Any]:
    from astrodynamics.probability.multistep import MultistepChoice

    values: dict[str, Any] = {
        "probability": _or_none(float(result.probability)),
        "reason": result.reason,
        "flags": list(result.flags),
        "miss_distance_m": _or_none(float(result.miss_distance_m)),
    }
    trials = trials_as_json(result)
    if trials is not None:
        values["trials"] = trials
    if isinstance(result.details, MultistepChoice):
        values["chosen"] = result.details.chosen
        values["steps"] = [
            {
                "method": step.method,
                "probability": _or_none(step.probability),
                "accepted": step.accepted,
                "remark": step.remark,
            }
            for step in result.details.steps
        ]
    return values


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _shown(probability: float | None) -> str:
    if probability == 0.0:
        return "below 1e-300"
    return "not computable" if probability is None else f"{probability:.6e}"


def _print(file: Path, assessed: "CdmAssessment") -> None:
    names = " and ".join(f"{side.name} ({side.designator})" for side in assessed.sides)
    table = Table("method", "probability", "remarks", title=Text(f"{file}: {names}"), title_justify="left")
    own = assessed.own_probability
    table.add_row(
        f"the message's own ({assessed.own_method or 'method not given'})",
        "none" if own is None else f"{own:.6e}",
        f"agrees with {assessed.matching_method}" if assessed.matching_method else "",
    )
    for value in assessed.comparison.values:
        remarks = [value.reason] if value.reason else []
        if value.relation is not None:
            remarks.append("agrees with the message" if value.agrees else f"{value.relation} the message's")
        table.add_row(
            value.name,
            _shown(value.probability),
            ", ".join([*remarks, *(["a bound"] if value.is_bound else []), *value.flags]),
        )
    bound = _shown(_or_none(assessed.maximum_probability))
    table.add_row("bound without covariance", bound, "a bound, not a probability")
    answers.print(table)
    answers.print(assessed.comparison.statement, highlight=False)
    _print_steps(assessed)
    for line in encounter_as_lines(assessed):
        answers.print(line, highlight=False)
    radius = assessed.hard_body_radius
    answers.print(f"combined hard-body radius {radius.radius_m:g} m ({', '.join(radius.sources)})", highlight=False)


def _print_steps(assessed: "CdmAssessment") -> None:
    """Why the method of the multistep choice was chosen."""
    from astrodynamics.probability.multistep import MultistepChoice

    result = assessed.results.get("multistep")
    if result is None or not isinstance(result.details, MultistepChoice):
        return
    for number, step in enumerate(result.details.steps, start=1):
        taken = "taken" if step.accepted else "not taken"
        value = _shown(_or_none(step.probability))
        answers.print(f"step {number}, {step.method} {value}, {taken}: {step.remark}", highlight=False)
