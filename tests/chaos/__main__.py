"""``make test-chaos``: the same work twice, once undisturbed, and once while parts, services and links go wrong.

``python -m chaos [--seed N] [--short] [--scenario NAME,NAME|all]``; FAIRWAY_CHAOS_UPLOADS, _CDMS, _SCREENINGS,
_FAULTS and _SERVICES say how much.
"""

import argparse
import os
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chaos.fleet import LINKS, PARTS, in_pairs, together
from chaos.plan import plan
from chaos.scenarios import SCENARIOS
from chaos.trial import Ended, Scenario, by_plan, run, undisturbed, wrong
from chaos.work import Size, Work, prepare

from local_parts.installation import SERVICES

_EVERY_S = 5.0
_WORKING = ("ingest-api", "validator", "screening", "screening-worker", "notifier")
"""The services that this work goes through."""
_BEGUN = time.monotonic()


def main() -> int:
    """Run what is wanted, compare, and say what is wrong."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, what it has started ends too
    is_small = options.short or options.scenario is not None
    count = _number("FAULTS", 60, 6 if is_small else None)
    size = Size(
        uploads=_number("UPLOADS", 500, (40 if options.short else 20) if is_small else None),
        cdms=_number("CDMS", 2000, (100 if options.short else 50) if is_small else None),
        screenings=_number("SCREENINGS", 2, 2 if is_small else None),
        over_s=_EVERY_S * (count + 1),
    )
    services = tuple(os.environ.get("FAIRWAY_CHAOS_SERVICES", ",".join(_WORKING if is_small else SERVICES)).split(","))
    pairs = in_pairs(services)
    if options.scenario is None:
        _say(f"seed {options.seed}: {size.uploads} uploads, {size.cdms} CDMs, {size.screenings} screenings")
        faults = plan(options.seed, count=count, every_s=_EVERY_S, processes=[*PARTS, *pairs], links=LINKS)
        kinds = Counter(fault.kind for fault in faults)
        _say(f"faults: {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}")
        wanted: Sequence[Scenario] = [by_plan(faults)]
    else:
        wanted = options.scenario
    work = prepare(size, (datetime.now(UTC) + timedelta(hours=6)).replace(minute=0, second=0, microsecond=0))
    with tempfile.TemporaryDirectory(prefix="fairway-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database's own user works below it
        expected = _tried(folder, work.over(size.over_s / 10), together(services), undisturbed())
        lines = {"undisturbed": expected.faults}
        for line in expected.faults:
            _say(f"undisturbed: WRONG {line}")
        for scenario in wanted:
            trial = scenario.name
            found = _tried(folder, work.over(scenario.over_s or size.over_s), pairs, scenario)
            lines[trial] = wrong(expected, found)
            for line in lines[trial]:
                _say(f"{trial}: WRONG {line}")
            _say(
                f"{trial}: {f'{len(lines[trial])} things are wrong' if lines[trial] else 'nothing is lost or doubled'}"
            )
        if any(lines.values()) and options.keep is not None:
            folder.rename(options.keep)
            folder.mkdir()
    return 1 if any(lines.values()) else 0


def _tried(folder: Path, work: Work, processes: dict[str, Sequence[str]], scenario: Scenario) -> Ended:
    """Try one scenario, and say how it went."""
    name = scenario.name
    _say(f"--- {name}")
    ended = run(folder / name, work, processes, scenario, _say)
    _say(
        f"{name}: {ended.counts}; {ended.answers.repeated} requests sent again, slowest answer "
        f"{ended.answers.slowest_s:.1f} s, quiet {ended.quiet_s:.0f} s after the end, "
        f"{len(ended.doubled_mails)} mails doubled, {ended.orphans_swept} objects swept"
    )
    return ended


def _say(line: str) -> None:
    print(f"{time.monotonic() - _BEGUN:6.1f} s  {line}", flush=True)


def _number(name: str, whole: int, short: int | None) -> int:
    return int(os.environ.get(f"FAIRWAY_CHAOS_{name}", whole if short is None else short))


def _scenarios(names: str) -> list[Scenario]:
    if unknown := sorted(set(names.split(",")) - {*SCENARIOS, "all"}):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}")
    return [scenario for name, scenario in SCENARIOS.items() if name in names.split(",") or names == "all"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("FAIRWAY_CHAOS_SEED") or secrets.randbelow(10**6))
    )
    parser.add_argument("--short", action="store_true", help="six faults and little work, for a first look")
    names = ", ".join(SCENARIOS)
    parser.add_argument("--scenario", type=_scenarios, help=f"named cases with commas, or all of them: {names}")
    parser.add_argument("--keep", type=Path, help="keep the folders there when something is wrong")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
