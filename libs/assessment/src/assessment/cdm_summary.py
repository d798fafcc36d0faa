"""What is kept of a conjunction data message to list it, group it into events and decide who is told."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from assessment.criteria import Level
from assessment.regimes import Regime


@dataclass(frozen=True, slots=True)
class CdmSummary:
    """One message about one passage of one pair.

    Attributes
    ----------
    message_id, originator, recipient
        The natural key; `recipient` is None where the message names nobody.
    creation_date, tca
        Aware datetimes; `tca_tai_ns` keeps the full precision.
    norad_cat_id_1, norad_cat_id_2
        OBJECT1 and OBJECT2 as the message has them.
    relative_position_rtn_m
        Of object 2 in the RTN axes of object 1.
    collision_probability
        As it stands for this message; None with `probability_reason`.
    maximum_probability
        A bound, never a probability.
    regime
        Of object 1.
    period_1_min, period_2_min
        None where the message has no usable state.
    screening_start, screening_stop
        The screening period where the message has one.
    has_covariance_1, has_covariance_2
        Whether the objects have a covariance that is usable; placeholders are not.
    basis
        What was screened against what, in the originator's own words: messages of one basis succeed each other. Empty
        where the originator has one basis only.
    covariance_model, modelled_probability
        What the probability would be with a modelled covariance of an object that has none, and by which model. Never
        the message's probability, and no criterion's.
    """

    message_id: str
    originator: str
    recipient: str | None
    creation_date: datetime
    norad_cat_id_1: int
    norad_cat_id_2: int
    tca: datetime
    tca_tai_ns: int
    miss_distance_m: float
    relative_speed_m_s: float | None
    relative_position_rtn_m: tuple[float, float, float] | None
    collision_probability: float | None
    probability_method: str | None
    probability_reason: str | None
    maximum_probability: float | None
    hard_body_radius_m: float | None
    regime: Regime | None
    level: Level
    period_1_min: float | None
    period_2_min: float | None
    screening_start: datetime | None
    screening_stop: datetime | None
    has_covariance_1: bool
    has_covariance_2: bool
    basis: str = ""
    covariance_model: str | None = None
    modelled_probability: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Natural key: originator, message id, recipient (empty for none)."""
        return (self.originator, self.message_id, self.recipient or "")

    @property
    def pair(self) -> tuple[int, int]:
        """Both catalogue numbers, the smaller first."""
        low, high = sorted((self.norad_cat_id_1, self.norad_cat_id_2))
        return (low, high)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; times as ISO 8601 text."""
        return {
            name: value.isoformat()
            if isinstance(value, datetime)
            else list(value)
            if isinstance(value, tuple)
            else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "CdmSummary":
        """Read back what `to_dict` wrote."""
        restored = dict(values)
        for name in ("creation_date", "tca", "screening_start", "screening_stop"):
            if restored[name] is not None:
                restored[name] = datetime.fromisoformat(restored[name])
        if restored["relative_position_rtn_m"] is not None:
            restored["relative_position_rtn_m"] = tuple(restored["relative_position_rtn_m"])
        return cls(**restored)
