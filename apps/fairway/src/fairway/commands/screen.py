"""``fairway screen``: close approaches of a catalogue or of ephemerides, offline."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import OutputFormat, answer_json, answers, note, notes
from fairway.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from assessment.population_screening import PopulationScreening
    from assessment.screening_in_pieces import ScreenedInPieces
    from assessment.volumes import VolumeSpec
    from astrodynamics.screening import Population, Progress

__all__ = ["screen"]

_HELP_OF_VOLUMES = (
    "hac, ephemeris, early-orbit, hac-leo1 to hac-leo4, hac-deep, sphere:KM, box:R,T,N or ellipsoid:R,T,N."
)


def screen(
    catalog: Annotated[Path, typer.Option(metavar="FILE", help="TLE, 3LE or OMM (CSV, JSON, KVN, XML), also gzipped.")],
    start: Annotated[str, typer.Option(metavar="ISO", help="Begin of the span, UTC, for example 2024-09-17T12:00Z.")],
    hours: Annotated[float, typer.Option(metavar="H", min=0.001, max=8784.0, help="Length of the span.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the approaches go: .csv or .parquet.")],
    ephemeris: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="An OEM that is a primary."),
    ] = None,
    threshold_km: Annotated[
        float | None, typer.Option(metavar="K", help="Radius of a sphere about each primary.")
    ] = None,
    volume: Annotated[str | None, typer.Option(metavar="PRESET", help=f"A volume instead: {_HELP_OF_VOLUMES}")] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=PRESET", help="Another volume for secondaries of a kind (active, manned, debris); repeatable."
        ),
    ] = None,
    kinds: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV: norad_cat_id, kind. Without it debris is told by names (DEB, R/B)."),
    ] = None,
    known_pairs: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV: norad_cat_id_1, norad_cat_id_2. These are left out.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=1024, help="Threads; as many as there are processors.")
    ] = None,
    max_element_age_days: Annotated[
        float | None, typer.Option(metavar="D", min=0.001, help="Leave out element sets that are older at the start.")
    ] = None,
    fail_on: Annotated[
        float | None, typer.Option(metavar="KM", min=0.0, help="Exit with 1 where an approach is closer than this.")
    ] = None,
    output: Annotated[OutputFormat, typer.Option("--format", help="Output of the summary.")] = OutputFormat.TEXT,
) -> None:
    """Screen for close approaches, offline.

    Without --ephemeris every object of the catalogue is screened against every other; with it, each ephemeris against
    the catalogue and the other ephemerides. Objects of one catalogue number are never paired, known pairs are left
    out. What could not be screened is in the summary with its reason. An interrupt leaves no file.
    """
    from assessment.object_kinds import secondary_kinds
    from assessment.population_screening import PopulationScreening
    from astrodynamics.screening import Population
    from astrodynamics.timescales import from_datetime
    from fairway.approach_files import check_suffix, write_approach_file
    from fairway.catalogue_files import read_catalogue_file
    from fairway.ephemeris_files import read_ephemeris_file
    from fairway.object_lists import read_kind_volumes, read_known_pairs
    from fairway.screening_summary import Stopwatch, Tally, print_summary, summary
    from fairway.times import utc
    from fairway.whole_files import check_place

    stopwatch = Stopwatch()
    begin = utc(start, "--start")
    span = (from_datetime(begin), from_datetime(begin + timedelta(hours=hours)))
    spec = _volume(threshold_km, volume)
    kind_volumes = read_kind_volumes(kind or (), kinds)
    pairs = None if known_pairs is None else read_known_pairs(known_pairs)
    check_suffix(out)
    check_place(out)
    with notes.status(f"reading {catalog}"):
        given = read_catalogue_file(catalog)
        ephemerides = [read_ephemeris_file(file, given.catalogue) for file in ephemeris or ()]
    population = Population(given.catalogue.elements, ephemerides)
    asked = PopulationScreening(
        start_tai_ns=span[0],
        stop_tai_ns=span[1],
        volume=spec,
        primaries=range(len(given.catalogue), len(population)) if ephemerides else None,
        kinds=secondary_kinds(population.norad_cat_id, given.catalogue.object_names, kind_volumes),
        known_pairs=pairs,
        longest_element_age_days=max_element_age_days,
    )
    metadata = {
        "start": begin.isoformat(),
        "hours": f"{hours:g}",
        "volume": spec.text,
        **{f"volume for {each.kind}": each.volume.text for each in kind_volumes},
        "catalogue": catalog.name,
    }
    tally = Tally()
    with _screened(population, asked, workers, hours, out) as found:
        with notes.status(f"writing {out}"):
            write_approach_file(out, tally.of(found.approaches()), metadata)
        answer = summary(found, tally, given.refused, span, len(population), stopwatch.read())
    if output is OutputFormat.JSON:
        answer_json(answer)
    else:
        print_summary(answer, tally, str(out), answers)
    if fail_on is not None and tally.least_miss_distance_m < fail_on * 1e3:
        raise typer.Exit(ExitCode.NEGATIVE)


def _volume(threshold_km: float | None, volume: str | None) -> "VolumeSpec":
    from assessment.errors import InvalidVolumeError
    from assessment.volumes import parse_volume

    if (threshold_km is None) == (volume is None):
        raise CommandError("give either --threshold-km or --volume")
    if threshold_km is not None and not 0.0 < threshold_km < math.inf:
        raise CommandError(f"--threshold-km {threshold_km:g} is no radius: give kilometres above 0")
    try:
        return parse_volume(f"sphere:{threshold_km!r}" if volume is None else volume)
    except InvalidVolumeError as error:
        raise CommandError(str(error)) from error


@contextmanager
def _screened(
    population: "Population", asked: "PopulationScreening", workers: int | None, hours: float, out: Path
) -> "Iterator[ScreenedInPieces]":
    """Screen; the approaches wait beside the file that they go to."""
    from assessment.screening_in_pieces import screened_in_pieces

    try:
        with ExitStack() as kept:
            with _shown(hours) as show:
                in_pieces = screened_in_pieces(population, asked, folder=out.parent, threads=workers, progress=show)
                found = kept.enter_context(in_pieces)
            yield found
    except KeyboardInterrupt:
        note("interrupted: nothing was written")
        raise
    except OSError as error:
        raise CommandError(
            f"{out.parent} cannot take the approaches while they are collected: {error.strerror}. "
            "Make room or choose another place"
        ) from error


@contextmanager
def _shown(hours: float) -> "Iterator[Callable[[Progress], None]]":
    """Show how far the screening is, on standard error; nothing where that is no terminal."""
    from rich import progress

    with progress.Progress(
        progress.TextColumn("screening"),
        progress.BarColumn(),
        progress.TextColumn("{task.fields[told]}"),
        progress.TimeRemainingColumn(),
        console=notes,
        transient=True,
        disable=not notes.is_terminal,
    ) as bar:
        task = bar.add_task("screening", total=None, told="preparing")

        def show(now: "Progress") -> None:
            screened_h = hours * now.done / now.total
            rate = screened_h / max(bar.tasks[0].elapsed or 0.0, 0.001)
            told = f"{screened_h:.1f} of {hours:g} h ({rate:.1f} h/s), {now.approaches:,} approaches"
            bar.update(task, total=now.total, completed=now.done, told=told)

        yield show
