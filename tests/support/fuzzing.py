"""Broken documents by the thousand, and what the message library owes to each: a verdict, in bounded time and memory.

    PYTHONPATH=tests python -m support.fuzzing [--minutes 10] [--seed N] [--keep FOLDER]

Reads our own fixtures in every format that they can be written in, and the corpus where it is; breaks them by what
their structure is made of or as bytes, in a child process that is watched. Whatever escapes, hangs or takes too much
memory is kept as a file, and the command fails.
"""

import argparse
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import ccsds

__all__ = ["LIMITS", "documents_of", "judge", "judge_everywhere", "mutated", "own_documents", "random_bytes", "watch"]

DATA = Path(__file__).parents[1] / "data" / "ccsds"
CORPUS = Path(os.environ.get("FAIRWAY_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
FORMATS = ("kvn", "xml", "json", "csv", "tle", "itc")
MANUAL = {".md", ".toml", ".py"}
MOST_BYTES = 256 * 1024
PATIENCE_S = 30.0
"""For one document, which takes milliseconds: what lasts longer hangs."""
MOST_MEMORY = 1024 * 1024 * 1024
"""Of the child's addresses; documents are 256 KiB at most, and the limits below hold each to a fraction of this."""
LIMITS = ccsds.Limits(max_bytes=4 * MOST_BYTES, max_lines=20_000, max_records=2_000, max_values=50_000)
ROUND_S = 60.0
LONG = 20_000
SHARE_ALONE = 0.8

TOKENS = [
    b"\0", b"\t", b"\r", b"\n", b"\r\n", b"\xff", b"\xef\xbb\xbf", "é".encode(), "\u2028".encode(), "٣".encode(),
    b"\x0b", b"\x1c", b"\x85", b"=", b"[", b"]", b"{", b"}", b"<", b">", b"/>", b"&a;", b"&#0;", b"&#x110000;", b'"',
    b"'", b",", b":", b"\\", b"\\u0000", b"\\ud800", b"nan", b"NaN", b"Infinity", b"-", b"+", b".", b"e", b"1e999",
    b"-1e999", b"1e-999", b"9" * 30, b"9" * 400, b"9" * 5000, b"-0", b"0x10", b"1_000", b"null", b"true", b"[]", b"{}",
    b"[km]", b"COMMENT", b"COMMENT =", b"<!DOCTYPE a>", b"<!ENTITY a 'a'>", b"<![CDATA[x]]>", b"<!-- x -->", b"<?x?>",
    b"\nMETA_START\n", b"\nMETA_STOP\n", b"\nEPOCH = ", b"\nCOVARIANCE_START\n", b"\nCOVARIANCE_STOP\n",
    b"\nOBJECT = OBJECT1\n",
    b"OBJECT2", b"2016-12-31T23:59:60", b"2026-02-30T00:00:00", b"2026-366T00:00:00Z",
    b"9999-12-31T23:59:59.999999999999",
    b"0000-01-01T00:00:00", b"2026-01-01T24:00:00", b"\n2016-12-31T23:59:60 1 2 3 4 5 6\n", b"UTC", b"TEME",
    b"CCSDS_OEM_VERS = 3.0\n",
    b"CCSDS_CDM_VERS = 1.0\n", b"CCSDS_OPM_VERS = 2.0\n", b"CCSDS_OMM_VERS = 2.0\n", b"SGP4", b"USER_DEFINED_X = 1\n",
]  # fmt: skip
WORD = re.compile(rb"[^\s=\[\]{}<>\",:/]+")
NUMBER = re.compile(rb"[-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?")


def own_documents() -> dict[str, bytes]:
    """Our fixtures, each as it is and in every other format that it can be written in."""
    files = [path for path in sorted(DATA.rglob("*")) if path.is_file() and path.suffix not in MANUAL]
    documents = {str(path.relative_to(DATA)): path.read_bytes() for path in files if path.name != "manifest.json"}
    for name, data in list(documents.items()):
        if "valid" in name or name.startswith("rule_examples/documents/"):
            documents |= {f"{name} as {target}": text for target, text in _conversions(data)}
    return documents


def _conversions(data: bytes) -> Iterator[tuple[str, bytes]]:
    report = ccsds.validate(data, profile="lenient")
    if report.message is None:
        return
    for target in FORMATS:
        try:
            yield target, ccsds.convert(report.message, target, lossy=True).data
        except ccsds.CannotWrite:
            continue


def documents_of(folder: Path) -> dict[str, bytes]:
    """Every file of the corpus that holds a message, by its path."""
    files = [path for part in ("ccsds", "uksa") for path in sorted((folder / part).rglob("*")) if path.is_file()]
    return {
        str(path.relative_to(folder)): path.read_bytes()[:MOST_BYTES]
        for path in files
        if not path.name.startswith(("manifest", "keywords"))
    }


def mutated(data: bytes, draw: random.Random, others: list[bytes]) -> bytes:
    """The document with one to four things done to it."""
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        if draw.random() < SHARE_ALONE:
            data = draw.choice(ALONE)(data, draw)[:MOST_BYTES]
        else:
            data = draw.choice(WITH_OTHERS)(data, draw, others)[:MOST_BYTES]
    return data


def random_bytes(draw: random.Random) -> bytes:
    """Bytes without any structure, some behind a beginning that a reader knows."""
    beginnings = (
        b"",
        b"",
        b"CCSDS_OEM_VERS = 2.0\n",
        b"CCSDS_CDM_VERS = 1.0\n",
        b"<oem",
        b'[{"',
        b"\x1f\x8b",
        b"1 25544U",
    )
    return draw.choice(beginnings) + draw.randbytes(draw.choice((0, 1, 10, 300)))


def _span(data: bytes, draw: random.Random, longest: int = 400) -> tuple[int, int]:
    start = draw.randint(0, len(data))
    return start, min(len(data), start + draw.choice((0, 1, 2, 10, longest)))


def _token(data: bytes, draw: random.Random) -> bytes:
    start, stop = _span(data, draw)
    return data[:start] + draw.choice(TOKENS) + data[stop:]


def _bytes(data: bytes, draw: random.Random) -> bytes:
    start, stop = _span(data, draw, 20)
    return data[:start] + draw.randbytes(draw.randint(0, 4)) + data[stop:]


def _bit(data: bytes, draw: random.Random) -> bytes:
    if not data:
        return b"\0"
    place = draw.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << draw.randrange(8))]) + data[place + 1 :]


def _cut(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randint(0, len(data))]


def _replaced(pattern: re.Pattern[bytes], data: bytes, draw: random.Random) -> bytes:
    match = pattern.search(data, draw.randint(0, len(data)))
    if match is None:
        return data
    again = pattern.search(data, draw.randint(0, len(data)))
    text = draw.choice((*TOKENS, b"", match.group() if again is None else again.group()))
    return data[: match.start()] + text + data[match.end() :]


def _word(data: bytes, draw: random.Random) -> bytes:
    return _replaced(WORD, data, draw)


def _number(data: bytes, draw: random.Random) -> bytes:
    return _replaced(NUMBER, data, draw)


def _lines(data: bytes, draw: random.Random, others: list[bytes]) -> bytes:
    """A run of lines left out, doubled, moved, or taken from another document."""
    lines = data.splitlines(keepends=True)
    start, stop = _line_run(lines, draw)
    run, rest = lines[start:stop], lines[:start] + lines[stop:]
    match draw.randrange(5):
        case 0:
            return b"".join(rest)
        case 1:
            return b"".join(lines[:stop] + run * draw.choice((1, 1, 30)) + lines[stop:])
        case 2:
            place = draw.randint(0, len(rest))
            return b"".join(rest[:place] + run + rest[place:])
        case 3:
            return b"".join(lines[:start] + run[::-1] + lines[stop:])
        case _:
            guests = draw.choice(others).splitlines(keepends=True)
            first, last = _line_run(guests, draw)
            return b"".join(lines[:start] + guests[first:last] + lines[stop:])


def _line_run(lines: list[bytes], draw: random.Random) -> tuple[int, int]:
    start = draw.randint(0, len(lines))
    return start, min(len(lines), start + draw.choice((1, 1, 2, 6, 30)))


def _spliced(data: bytes, draw: random.Random, others: list[bytes]) -> bytes:
    other = draw.choice(others)
    return data[: draw.randint(0, len(data))] + other[draw.randint(0, len(other)) :]


def _joined(data: bytes, draw: random.Random, others: list[bytes]) -> bytes:
    return data + draw.choice((b"", b"\n", b",")) + draw.choice(others)


def _doubled(data: bytes, draw: random.Random) -> bytes:
    start, stop = _span(data, draw)
    return data[:stop] + data[start:stop] * draw.choice((1, 2, 50)) + data[stop:]


def _long(data: bytes, draw: random.Random) -> bytes:
    """One byte or token, twenty thousand times: what reads it twice over takes quadratic time."""
    place = draw.randint(0, len(data))
    return (
        data[:place]
        + draw.choice((b" ", b"9", b"[", b"<a>", b"A", b"\n", b"{", b'{"a":', b"1 ", b"-")) * LONG
        + data[place:]
    )


def _wrapped(data: bytes, draw: random.Random) -> bytes:
    before, after = draw.choice(((b"[", b"]"), (b"<ndm>", b"</ndm>"), (b'{"a": ', b"}"), (b"[", b"," + data + b"]")))
    return before + data + after


def _line_ends(data: bytes, draw: random.Random) -> bytes:
    return data.replace(b"\n", draw.choice((b"\r", b"\r\n", b"\n\n", b"\r\r\n", b" ", b"")))


def _encoded(data: bytes, draw: random.Random) -> bytes:
    return data.decode("latin-1").encode(draw.choice(("utf-16", "utf-32", "utf-8-sig", "utf-7", "cp037")))


ALONE = (
    *(_token, _bytes, _bit, _cut, _word, _word, _number, _number) * 3,
    _doubled,
    _wrapped,
    _line_ends,
    _encoded,
    _long,
)
WITH_OTHERS = (_lines, _lines, _lines, _lines, _spliced, _joined)


def judge(data: bytes, profile: str, *, limits: ccsds.Limits = LIMITS) -> ccsds.Report:
    """Every way in for a document: only the library's own errors are answers, and the report holds together."""
    report = ccsds.validate(data, profile=profile, limits=limits)
    assert (report.verdict == "invalid") == any(finding.severity == "error" for finding in report.findings)
    assert report.verdict == "invalid" or report.message is not None
    for finding in report.findings:
        assert finding.line is None or finding.line >= 1
        assert finding.message
        assert finding.hint
    if report.message is not None:
        convert_to_all(report.message)
    return report


def judge_everywhere(data: bytes, profile: str) -> None:
    """`judge`, and the ways in that are for catalogues, for several messages, and for file names."""
    judge(data, profile)
    for part in ccsds.validate_each(data, profile=profile, limits=LIMITS):
        assert part.verdict in {"valid", "invalid"}
    with suppress(ccsds.InvalidMessage):
        ccsds.read_catalogue(data, profile=profile, limits=LIMITS)
    name = data[:300].decode("latin-1")
    ccsds.parse_file_name(name, profile=profile)
    ccsds.parse_maneuver_file_name(name)


def convert_to_all(message: ccsds.Message) -> None:
    """What was read is written in every format, or refused by the library's own error."""
    for target in FORMATS:
        with suppress(ccsds.CannotWrite):
            assert isinstance(ccsds.convert(message, target, lossy=True).data, bytes)


def fuzz(seed: int, seconds: float, current: Path) -> None:
    """Judge broken documents until the time is over; the file `current` holds the one that is judged."""
    warnings.simplefilter("error")
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    documents = own_documents() | (documents_of(CORPUS) if CORPUS.is_dir() else {})
    others, draw = list(documents.values()), random.Random(seed)
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        for original in draw.sample(others, 20):
            data = mutated(original, draw, others) if draw.random() < 0.95 else random_bytes(draw)
            current.write_bytes(data)
            judge_everywhere(data, draw.choice(ccsds.PROFILE_NAMES))
            count += 1
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"seed {seed}: {count} documents judged, of {len(others)} originals; {peak_mb:.0f} MB at most", flush=True)


def watch(command: list[str], current: Path, patience_s: float = PATIENCE_S) -> str:
    """Run a command that writes `current` anew for each document; why it did not come to its end, empty if it did."""
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while True:
        try:
            _, errors = child.communicate(timeout=patience_s / 3)
        except subprocess.TimeoutExpired:
            if time.time() - current.stat().st_mtime < patience_s:
                continue
            child.kill()
            child.communicate()
            return f"judged for more than {patience_s:.0f} s"
        if child.returncode == 0:
            return ""
        return errors.strip() or f"ended with {child.returncode}"


def watched(seed: int, seconds: float, keep: Path) -> bool:
    """Run `fuzz` in a child; whether it came to its end. What did not is kept, with how it ended."""
    with tempfile.TemporaryDirectory() as folder:
        current = Path(folder) / "document"
        current.write_bytes(b"")
        reason = watch(
            [sys.executable, "-m", "support.fuzzing", "--child", str(seed), str(seconds), str(current)], current
        )
        if reason:
            keep.mkdir(parents=True, exist_ok=True)
            kept = keep / f"seed-{seed}"
            kept.write_bytes(current.read_bytes())
            kept.with_suffix(".txt").write_text(reason)
            print(f"seed {seed}: {reason.splitlines()[-1]}; kept as {kept}", flush=True)
    return not reason


def main() -> int:
    arguments = argparse.ArgumentParser(description="Breaks documents and judges them.")
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    arguments.add_argument("--keep", type=Path, default=Path("build/fuzz"))
    arguments.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.child:
        fuzz(int(given.child[0]), float(given.child[1]), Path(given.child[2]))
        return 0
    end, seed, failed = time.monotonic() + 60 * given.minutes, given.seed, 0
    while (left := end - time.monotonic()) > 0:
        failed += not watched(seed, min(left, ROUND_S), given.keep)
        seed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
