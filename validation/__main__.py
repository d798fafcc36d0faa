"""Write the validation report: ``make validation``, or ``python -m validation`` with ``tests`` on the path."""

import argparse
import sys
from pathlib import Path

from validation import orbit_sections, plane_sections
from validation.drawings import draw
from validation.pages import overview, page

FOLDER = Path(__file__).parents[1] / "docs" / "validation"


def main() -> int:
    """Compute every section, write the pages, and say what lies outside its tolerance."""
    parser = argparse.ArgumentParser(prog="python -m validation", description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000_000, help="of Monte Carlo, for each case")
    parser.add_argument("--threads", type=int, default=2, help="of Monte Carlo; no influence on the numbers")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pages go")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    sections = [
        plane_sections.disk(),
        plane_sections.conjunctions(),
        plane_sections.published_methods(),
        plane_sections.published_disks(),
        plane_sections.bounds(),
        plane_sections.of_the_encounter(),
        orbit_sections.expected_collisions(),
        orbit_sections.trials(given.trials, given.threads),
    ]
    for section in sections:
        (given.folder / f"{section.name}.md").write_text(page(section))
    (given.folder / "README.md").write_text(overview(sections, draw(given.folder)))
    outside = [(section, row) for section in sections for row in section.failed]
    for section, row in outside:
        sys.stdout.write(f"{section.name}: {row.case}, {row.quantity}: {row.ours:.9g}, not {row.expected:.9g}\n")
    rows = sum(len(section.rows) for section in sections)
    sys.stdout.write(f"{rows} rows, {len(outside)} outside their tolerance; written to {given.folder}\n")
    return 1 if outside else 0


if __name__ == "__main__":
    raise SystemExit(main())
