"""From the approaches of a run to conjunction data messages, for each registered organization that takes part.

Runs in the engine's child: probabilities cost time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import ccsds
from assessment.approach_columns import Approach, approaches
from assessment.catalogues import Catalogue
from assessment.cdm_making import CdmIdentity, ScreeningContext, make_cdm, summarise_made
from assessment.covariance_model import CovarianceModel
from assessment.criteria import Level, ScreeningKind, ServiceLevel, level_of
from assessment.encounters import Encounter, Participant, assess
from assessment.errors import UnusableTrajectoryError
from assessment.volumes import parse_volume
from astrodynamics.screening.grid import HALF_STEP_NS, STEP_NS
from astrodynamics.timescales import from_datetime
from astrodynamics.trajectories import Ephemeris
from screening.conjunctions.participants import ObjectFacts, Owner
from screening.pinned_files import PinnedFile
from screening.runs.inputs import PinnedEphemeris, RunInputs
from screening.runs.trajectories import load_catalogue, load_ephemeris
from servicekit.ids import derived_id

__all__ = ["MadeCdm", "MadeCdms", "MakeOrder", "NotAssessed", "make_cdms"]

_MOST_IN_A_STEP: Final = 1000
SYNTHETIC: Final = "SYNTHETIC catalogue: made-up objects, not for operational use"


@dataclass(frozen=True, kw_only=True)
class MakeOrder:
    """What messages are to be made of.

    Attributes
    ----------
    judged_at
        When the run was planned: criteria judge, and CREATION_DATE says, this time, so that a repetition makes the
        same messages.
    basis
        What was screened against what: the messages of one basis succeed each other.
    candidates
        Parquet file of the approaches, in the order of time.
    facts
        By catalogue number.
    covariance_model
        For element sets, beside what is computed without it.
    """

    run_id: str
    inputs: RunInputs
    catalogue: PinnedFile | None
    ephemerides: tuple[PinnedFile, ...]
    start_tai_ns: int
    stop_tai_ns: int
    volume: str
    judged_at: datetime
    originator: str
    basis: str
    candidates: Path
    facts: Mapping[int, ObjectFacts]
    is_replay: bool
    covariance_model: CovarianceModel | None = None


@dataclass(frozen=True, kw_only=True)
class MadeCdm:
    """One message: its KVN, and what its row keeps."""

    id: str
    recipient: Owner
    other: Owner | None
    kvn: bytes
    sha256: str
    summary: dict[str, Any]
    object_name_1: str
    object_name_2: str
    details: dict[str, Any]


@dataclass(frozen=True)
class NotAssessed:
    """An approach of which no message could be made, and why."""

    norad_cat_id: int
    designator: str
    tca_tai_ns: int
    reason: str


@dataclass(frozen=True)
class MadeCdms:
    """All messages of a run, and what could not be assessed."""

    cdms: tuple[MadeCdm, ...]
    not_assessed: tuple[NotAssessed, ...]


def make_cdms(order: MakeOrder) -> MadeCdms:
    """Make the messages of a run. The same order gives the same messages, byte for byte."""
    maker = _Maker(order)
    made: list[MadeCdm] = []
    not_assessed: list[NotAssessed] = []
    for approach, ordinal in _numbered(approaches(order.candidates)):
        try:
            made += maker.messages(approach, ordinal)
        except UnusableTrajectoryError as error:
            not_assessed.append(
                NotAssessed(approach.norad_cat_id_2, approach.designator_2 or "", approach.tca_tai_ns, str(error))
            )
    return MadeCdms(tuple(made), tuple(not_assessed))


def _numbered(candidates: Iterable[Approach]) -> Iterator[tuple[Approach, int]]:
    """Give each approach its ordinal within its pair: its step on the engine's grid, and its place in that step."""
    seen: Counter[tuple[Any, ...]] = Counter()
    step_of_seen: int | None = None
    for approach in candidates:
        step = (approach.tca_tai_ns + HALF_STEP_NS) // STEP_NS
        if step != step_of_seen:
            seen, step_of_seen = Counter(), step
        key = (approach.norad_cat_id_1, approach.norad_cat_id_2, approach.designator_1, approach.designator_2)
        yield approach, step * _MOST_IN_A_STEP + seen[key]
        seen[key] += 1


class _Maker:
    def __init__(self, order: MakeOrder) -> None:
        self._order = order
        self._catalogue: Catalogue | None = None if order.catalogue is None else load_catalogue(order.catalogue)
        pinned = order.inputs.ephemerides
        self._ephemerides: dict[str, tuple[PinnedEphemeris, Ephemeris]] = {
            each.id: (each, load_ephemeris(file, each)) for each, file in zip(pinned, order.ephemerides, strict=True)
        }
        self._volume = parse_volume(order.volume)
        self._judged_tai_ns = from_datetime(order.judged_at)
        self._kind: ScreeningKind = "catalogue" if order.inputs.primary is None else "ephemeris"
        is_synthetic = order.inputs.catalogue is not None and order.inputs.catalogue.is_synthetic
        self._labels = (SYNTHETIC,) if is_synthetic else ()

    def messages(self, approach: Approach, ordinal: int) -> Iterator[MadeCdm]:
        """Give a message for each owner whose criterion the approach meets."""
        first = self._participant(approach.norad_cat_id_1, approach.designator_1)
        second = self._participant(approach.norad_cat_id_2, approach.designator_2)
        encounter = assess(first, second, approach.tca_tai_ns, covariance_model=self._order.covariance_model)
        for seen in (encounter, encounter.from_the_other_side()):
            owner = self._owner(seen.primary.participant.norad_cat_id)
            if owner is None:
                continue
            level = level_of(_service_level(owner), self._kind, seen.prediction(self._judged_tai_ns))
            if level != "none":
                yield self._made(seen, owner, level, ordinal)

    def _made(self, encounter: Encounter, owner: Owner, level: Level, ordinal: int) -> MadeCdm:
        order = self._order
        first, second = encounter.primary.participant, encounter.secondary.participant
        volume = self._volume.for_orbit(encounter.primary.orbit)
        cdm = make_cdm(
            encounter,
            identity=CdmIdentity(order.run_id, ordinal),
            originator=order.originator,
            message_for=owner.name,
            creation_time=order.judged_at,
            screening=ScreeningContext(order.start_tai_ns, order.stop_tai_ns, volume),
            level=level,
            replay_as_of=order.judged_at if order.is_replay else None,
            labels=self._labels,
        )
        kvn = ccsds.write(cdm, "kvn")
        summary = replace(
            summarise_made(encounter, cdm, recipient=owner.organization_id, level=level), basis=order.basis
        )
        return MadeCdm(
            id=derived_id("cdm", order.originator, summary.message_id, owner.organization_id),
            recipient=owner,
            other=self._owner(second.norad_cat_id),
            kvn=kvn,
            sha256=sha256(kvn).hexdigest(),
            summary=summary.to_dict(),
            object_name_1=first.object_name,
            object_name_2=second.object_name,
            details={"encounter_plane": encounter.plane(), "volume": volume.name, "objects": _said(first, second)},
        )

    def _owner(self, norad_cat_id: int) -> Owner | None:
        facts = self._order.facts.get(norad_cat_id)
        return None if facts is None else facts.owner

    def _participant(self, norad_cat_id: int, designator: str | None) -> Participant:
        facts = self._order.facts.get(norad_cat_id, ObjectFacts(norad_cat_id=norad_cat_id))
        name, international_designator = self._named(norad_cat_id)
        common: dict[str, Any] = {
            "norad_cat_id": norad_cat_id,
            "international_designator": facts.international_designator or international_designator,
            "object_type": facts.object_type,
            "operator_organization": None if facts.owner is None else facts.owner.name,
            "maneuverable": facts.maneuverable,
            "operator_hard_body_radius_m": facts.operator_radius_m,
        }
        if designator is not None:
            pinned, ephemeris = self._ephemerides[designator]
            return Participant(
                object_name=facts.object_name or pinned.object_name or name,
                trajectory=ephemeris,
                hard_body_radius=facts.radius(name or pinned.object_name),
                ephemeris_name=pinned.file_name,
                screened_with=f"{pinned.designation} ephemeris of the operator",
                **common,
            )
        if self._catalogue is None:
            raise UnusableTrajectoryError(f"The run has no catalogue that holds object {norad_cat_id}.")
        return Participant(
            object_name=facts.object_name or name,
            trajectory=self._catalogue.trajectory_of(norad_cat_id),
            hard_body_radius=facts.radius(name),
            **common,
        )

    def _named(self, norad_cat_id: int) -> tuple[str, str]:
        if self._catalogue is None or norad_cat_id not in self._catalogue:
            return "", ""
        row = self._catalogue.row_of(norad_cat_id)
        return self._catalogue.object_names[row], self._catalogue.object_ids[row]


def _service_level(owner: Owner) -> ServiceLevel:
    return "advanced" if owner.service_level == "advanced" else "basic"


def _said(*participants: Participant) -> list[dict[str, Any]]:
    return [
        {
            "norad_cat_id": each.norad_cat_id,
            "object_name": each.object_name,
            "ephemeris_name": each.ephemeris_name,
            "screened_with": each.screened_with,
            "hard_body_radius_m": each.hard_body_radius.radius_m,
            "hard_body_radius_source": each.hard_body_radius.source,
            "maneuverable": each.maneuverable,
        }
        for each in participants
    ]
