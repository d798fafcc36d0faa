"""The pinned inputs of a run: immutable objects by key and SHA-256. Its tasks read these and nothing else."""

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from assessment.object_kinds import ObjectKind

if TYPE_CHECKING:  # the engine's child starts faster without the database's packages
    from records.screening.tables import ScreeningRun
    from records.validator.tables import Catalogue, Ephemeris

__all__ = ["PinnedCatalogue", "PinnedEphemeris", "PinnedKind", "RunInputs"]


class _Pinned(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PinnedCatalogue(_Pinned):
    """A catalogue's columns."""

    id: str
    key: str
    sha256: str
    label: str
    is_synthetic: bool
    object_count: int

    @classmethod
    def of(cls, row: "Catalogue") -> Self:
        """Pin a catalogue."""
        return cls(
            id=row.id,
            key=row.columns_key,
            sha256=row.columns_sha256,
            label=row.label,
            is_synthetic=row.is_synthetic,
            object_count=row.object_count,
        )


class PinnedEphemeris(_Pinned):
    """An ephemeris' columns. Its identifier is its designator in results."""

    id: str
    key: str
    sha256: str
    norad_cat_id: int
    organization_id: str
    designation: str
    file_name: str
    object_name: str

    @classmethod
    def of(cls, row: "Ephemeris") -> Self:
        """Pin an ephemeris."""
        return cls(
            id=row.id,
            key=row.columns_key,
            sha256=row.columns_sha256,
            norad_cat_id=row.norad_cat_id,
            organization_id=row.organization_id,
            designation=row.designation,
            file_name=row.file_name,
            object_name=row.object_name,
        )


class PinnedKind(_Pinned):
    """The volume for secondaries of a kind; no list of objects tells debris by the catalogue's names."""

    kind: ObjectKind
    volume: str
    norad_cat_ids: tuple[int, ...] | None = None


class RunInputs(_Pinned):
    """Who is screened against whom.

    Attributes
    ----------
    catalogue
        Always there where a trajectory, a name or a designator of the catalogue may be needed.
    primary
        The ephemeris whose run it is; None where the primaries are objects of the catalogue.
    primary_numbers
        Objects of the catalogue that are primaries; None is all of them.
    against
        Objects of the catalogue, or ephemerides.
    secondary_numbers
        Objects of the catalogue that are secondaries; None is all of them.
    secondary_ephemerides
        The ephemerides that are secondaries.
    pairs
        Catalogue numbers of the pairs that count, the smaller first; None is every pair of a primary and a secondary.
    kinds
        Secondaries for which another volume holds, in order of precedence.
    known_pairs
        Catalogue numbers of pairs that are left out of the results, the smaller first.
    """

    catalogue: PinnedCatalogue | None
    primary: PinnedEphemeris | None = None
    primary_numbers: tuple[int, ...] | None = None
    against: Literal["catalogue", "ephemerides"]
    secondary_numbers: tuple[int, ...] | None = None
    secondary_ephemerides: tuple[PinnedEphemeris, ...] = ()
    pairs: tuple[tuple[int, int], ...] | None = None
    kinds: tuple[PinnedKind, ...] = ()
    known_pairs: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, run: "ScreeningRun") -> Self:
        """Return the inputs that a run has pinned."""
        return cls.model_validate(run.inputs)

    @property
    def ephemerides(self) -> tuple[PinnedEphemeris, ...]:
        """Every ephemeris of the run."""
        own = () if self.primary is None else (self.primary,)
        return own + self.secondary_ephemerides

    @property
    def kind(self) -> str:
        """What is screened against what, for example ``ephemeris-catalogue``."""
        return f"{'catalogue' if self.primary is None else 'ephemeris'}-{self.against}"

    @property
    def objects(self) -> int:
        """How many trajectories the engine follows, at most."""
        known = 0 if self.catalogue is None else self.catalogue.object_count
        from_catalogue = 0
        if self.primary is None:
            from_catalogue += known if self.primary_numbers is None else len(self.primary_numbers)
        if self.against == "catalogue":
            from_catalogue += known if self.secondary_numbers is None else len(self.secondary_numbers)
        return min(known, from_catalogue) + len(self.ephemerides)

    def stored(self) -> dict[str, Any]:
        """Return what the run's row keeps; a worker of the release before reads it, unless it holds pairs."""
        return self.model_dump(mode="json", exclude={"pairs"} if self.pairs is None else None)
