"""The Python of the documentation runs, prints what it says it prints, and tells the limits as they are."""

import dataclasses
import io
import json
import re
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from support.ccsds_messages import cdm_of_two
from support.cdm_rows import space_track_row

import ccsds

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "ccsds"
DOCUMENTS = DATA / "rule_examples" / "documents"
PAGES = ("message-library.md", "message-formats.md", "text-formats.md")
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```$(?:\n```text\n(?P<printed>.*?)^```$)?", re.DOTALL | re.MULTILINE)
FILES = {
    "ephemeris.oem": DOCUMENTS / "oem-space-track.kvn",
    "conjunction.kvn": DOCUMENTS / "cdm-agreeing.kvn",
    "event.cdm": DOCUMENTS / "cdm-agreeing.kvn",
    "catalogue.csv": DOCUMENTS / "elements.csv",
    "state_and_elements.omm": DOCUMENTS / "omm.kvn",
    "TESTORG_17_burn.opm": DOCUMENTS / "notification.opm",
    "MEME_45000_TESTSAT1_0010000_Operational_nomnvr_UNCLASSIFIED.txt": DOCUMENTS / "itc.txt",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the pages name, in the folder in which they run."""
    for name, source in FILES.items():
        shutil.copyfile(source, tmp_path / name)
    sound = (tmp_path / "ephemeris.oem").read_text()
    (tmp_path / "broken.oem").write_text(sound.replace("6862.976657", "6.862976657D+03"))
    row = space_track_row(cdm_of_two())
    (tmp_path / "cdms.json").write_text(json.dumps([row, row]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_runs_and_prints_what_it_shows(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    names: dict[str, object] = {"ccsds": ccsds}
    blocks = list(BLOCK.finditer(text))
    assert len(blocks) == text.count("```python")
    for block in blocks:
        printed = io.StringIO()
        line = text.count("\n", 0, block.start("code"))
        code = compile("\n" * line + block["code"], page, "exec")
        with redirect_stdout(printed):
            exec(code, names)  # the documentation's own code
        if block["printed"] is not None:
            assert printed.getvalue() == block["printed"], f"{page}, line {line + 1}"


def test_every_link_from_the_reference_of_rules_leads_to_a_page_and_a_heading() -> None:
    reference = ROOT / "docs" / "reference"
    pages = [
        reference / "rules.md",
        reference / "profiles.md",
        *reference.glob("rules/*"),
        *reference.glob("profiles/*"),
    ]
    headings = {page.resolve(): _anchors(page) for page in pages}
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)\s]+\.md[^)\s]*)\)", page.read_text())]
    assert len(links) > len(ccsds.rules())
    for page, link in links:
        path, _, anchor = link.partition("#")
        assert anchor in headings[(page.parent / path).resolve()] | {""}, f"{page.name}: {link}"


def _anchors(page: Path) -> set[str]:
    """The names that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_limit_is_told_with_its_default() -> None:
    text = (ROOT / "docs" / "message-library.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(max_\w+)` \| (\d+) \|", text, re.MULTILINE)
    assert {name: int(default) for name, default in told} == dataclasses.asdict(ccsds.Limits())
