"""The reference pages of rules, each with an example that breaks it, and of profiles, each with its reasons."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from support.rule_examples import RuleExample, examples

import ccsds
from validator.rules import service_rules

__all__ = ["profile_pages", "rule_pages"]

FAMILIES = {
    "documents": ("Documents", "What the document is at all, and what a catalogue beside it says."),
    "lines-and-keywords": ("Lines, keywords, comments, units and versions", "How a message is written."),
    "values-and-times": ("Values and times", "Numbers, texts and times."),
    "oem": ("Ephemerides (OEM)", "What an OEM must hold, and what Space-Track makes of it."),
    "opm": ("Orbit parameter messages (OPM), and plausibility", "What an OPM must hold, and what no orbit does."),
    "cdm": ("Conjunction data messages (CDM)", "What a CDM must hold, and whether its values agree."),
    "element-sets": ("Element sets (TLE, OMM)", "What an element set must hold."),
    "text-formats": ("Ephemerides in text, state vectors", "What the formats beside CCSDS must hold."),
    "xml-and-json": ("XML and JSON", "Elements and members."),
    "file-names": ("File names", "Names of ephemerides and of maneuver notifications."),
    "maneuver-notifications": ("Maneuver notifications", "What 19 SDS asks of an OPM that tells of a maneuver."),
}
"""Name of a page to its title and what its rules are about."""

LONGEST_LINE = 120
LINES_SHOWN = 6
HUNKS_SHOWN = 4
ALIKE = 0.3
"""Two texts that share less of their lines than this are shown one after the other, not compared."""
TOGETHER = 3
"""So many rules that a profile weighs differently for one reason stand in one row."""


def rule_pages() -> dict[str, str]:
    """The index of rules, and a page for each family."""
    shown = _examples_of_all()
    pages = {"rules.md": _rules_index(shown)}
    for family, (title, about) in FAMILIES.items():
        rules = [rule for rule in ccsds.rules() if shown[rule.key].family == family]
        lines = [f"# {title}", "", f"{about} [All rules](../rules.md), [profiles](../profiles.md)."]
        for rule in rules:
            lines += ["", *_rule(rule, shown[rule.key])]
        pages[f"rules/{family}.md"] = "\n".join(lines) + "\n"
    return pages


def profile_pages() -> dict[str, str]:
    """The index of profiles, and a page for each."""
    shown = _examples_of_all()
    profiles = ccsds.profiles()
    lines = [
        "# Profiles",
        "",
        "A profile says how much each [rule](rules.md) weighs. `strict` is the standard to the letter; the page of",
        "each other one lists what it weighs differently, with the reason.",
        "",
        "| profile | for whom | errors | warnings | information | off |",
        "|---|---|---|---|---|---|",
    ]
    for profile in profiles:
        weights = list(profile.weights.values())
        counts = " | ".join(str(weights.count(weight)) for weight in ("error", "warning", "info", "off"))
        lines.append(f"| [`{profile.name}`](profiles/{profile.name}.md) | {_cell(profile.title)} | {counts} |")
    pages = {"profiles.md": "\n".join(lines) + "\n"}
    for profile in profiles:
        pages[f"profiles/{profile.name}.md"] = _profile(profile, shown)
    return pages


def _examples_of_all() -> dict[str, RuleExample]:
    shown = examples()
    without = [rule.key for rule in ccsds.rules() if rule.key not in shown]
    if without:
        raise SystemExit(f"no example in tests/data/ccsds/rule_examples: {', '.join(without)}")
    return shown


def _rules_index(shown: dict[str, RuleExample]) -> str:
    profiles = ccsds.profiles()
    lines = [
        "# Rules",
        "",
        "Every finding names a rule. Its severity depends on the [profile](profiles.md): a document is invalid when",
        "one finding is an error in the profile that it was checked with. Each rule has an example that breaks it, and",
        "the mending. A key such as `SYN-012/optional` is one case of a rule that profiles weigh by itself; findings",
        "carry the id alone.",
    ]
    for family, (title, _) in FAMILIES.items():
        lines += ["", f"## [{title}](rules/{family}.md)", ""]
        lines += [f"| rule | what it says | {' | '.join(profile.name for profile in profiles)} |"]
        lines += [f"|---|---|{'---|' * len(profiles)}"]
        for rule in ccsds.rules():
            if shown[rule.key].family == family:
                severities = " | ".join(profile.severity(rule.key) for profile in profiles)
                lines.append(f"| {_link(rule.key, shown, 'rules/')} | {_cell(rule.title)} | {severities} |")
    lines += [
        "",
        "## Rules of the service",
        "",
        "These need to know who sends a file, under which name, and which satellites are whose. They weigh the same in",
        "every profile.",
        "",
        "| rule | what it says | severity | what to do | source |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{rule.id}` | {_cell(rule.title)} | {rule.severity} | {_cell(rule.hint)} | {_cell(rule.source)} |"
        for rule in service_rules()
    ]
    return "\n".join(lines) + "\n"


def _rule(rule: ccsds.Rule, example: RuleExample) -> list[str]:
    profiles = ccsds.profiles()
    lines = [f"## `{rule.key}`", "", rule.title + (f" ({rule.source})" if rule.source else "")]
    lines += ["", f"| {' | '.join(profile.name for profile in profiles)} |", f"|{'---|' * len(profiles)}"]
    lines += [f"| {' | '.join(profile.severity(rule.key) for profile in profiles)} |"]
    lines += ["", f"**Mending:** {_escaped(rule.hint)}", ""]
    finding = next(each for each in example.findings(example.broken, example.profile) if each.rule == rule.id)
    lines += [f"**Example:** {_sentence(finding.place + finding.message)} {example.remark}".rstrip()]
    return [*lines, "", "```diff", *_mending(example), "```"]


def _mending(example: RuleExample) -> list[str]:
    """What the broken text holds (-) and what the mended one holds instead (+)."""
    broken, mended = _lines(example.broken), _lines(example.mended)
    matcher = SequenceMatcher(None, broken, mended, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [*_signed("-", broken), *_signed("+", mended)]
    hunks = [hunk for hunk in matcher.get_opcodes() if hunk[0] != "equal"]
    lines: list[str] = []
    for number, (_, start, stop, mended_start, mended_stop) in enumerate(hunks):
        if number == HUNKS_SHOWN:
            lines.append(f"  … and {len(hunks) - number} more such places")
            break
        if number:
            lines.append("  …")
        if start == stop or mended_start == mended_stop:
            lines += [f"  {_shortened(line)}" for line in broken[max(start - 1, 0) : start]]
        lines += [*_signed("-", broken[start:stop]), *_signed("+", mended[mended_start:mended_stop])]
    return lines


def _signed(sign: str, lines: Sequence[str]) -> list[str]:
    kept = [f"{sign} {_shortened(line)}".rstrip() for line in lines[:LINES_SHOWN]]
    if len(lines) > LINES_SHOWN:
        kept.append(f"{sign} … and {len(lines) - LINES_SHOWN} more lines")
    return kept


def _shortened(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def _lines(text: bytes) -> list[str]:
    """The lines with what can't be seen written out: a tab or a byte beyond UTF-8 as its escape."""
    whole = text.decode(errors="backslashreplace")
    return ["".join(map(_visible, line)) for line in whole.split("\n")]


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def _profile(profile: ccsds.Profile, shown: dict[str, RuleExample]) -> str:
    lines = [f"# `{profile.name}`", "", profile.title, "", profile.audience]
    lines += [
        "",
        "```console",
        f"$ fairway validate FILE --profile {profile.name}",
        f"$ fairway upload FILE --profile {profile.name} --wait",
        "```",
        "",
        "```python",
        f'report = ccsds.validate("FILE", profile="{profile.name}")',
        f'message = ccsds.read("FILE", profile="{profile.name}")  # raises ccsds.InvalidMessage where it is invalid',
        "```",
        "",
        f"In the API: `POST /v1/documents?profile={profile.name}`, or `default_profile` of an organization.",
    ]
    if not profile.overrides:
        weighed = [rule.key for rule in ccsds.rules() if rule.strict == "off"]
        lines += ["", "Rules that other profiles ask for and the standards do not are off here:", ""]
        return "\n".join([*lines, f"{_links(weighed, shown)}."]) + "\n"
    lines += ["", "## What it weighs differently from `strict`", ""]
    lines += ["| rule | here | in strict | reason |", "|---|---|---|---|"]
    strict = {rule.key: rule.strict for rule in ccsds.rules()}
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for key, (severity, reason) in profile.overrides.items():
        if severity != strict[key]:
            groups[severity, strict[key], reason].append(key)
    rows = []
    for (weight, before, reason), keys in groups.items():
        together = [keys] if len(keys) >= TOGETHER else [[key] for key in keys]
        rows += [(min(row), f"| {_links(sorted(row), shown)} | {weight} | {before} | {_cell(reason)} |")
                 for row in together]  # fmt: skip
    return "\n".join([*lines, *(row for _, row in sorted(rows))]) + "\n"


def _links(keys: Iterable[str], shown: dict[str, RuleExample]) -> str:
    return ", ".join(_link(key, shown, "../rules/") for key in keys)


def _link(key: str, shown: dict[str, RuleExample], folder: str) -> str:
    return f"[`{key}`]({folder}{shown[key].family}.md#{key.lower().replace('/', '')})"


def _sentence(text: str) -> str:
    """One line, with a full stop, in which nothing is markup."""
    flat = " ".join("".join(_visible(character) for character in text).split())
    return _escaped(flat).rstrip(".") + "."


def _escaped(text: str) -> str:
    """Text in which nothing is markup: an underscore inside a word is none."""
    return re.sub(r"[\\*<\[|]", r"\\\g<0>", text)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")
