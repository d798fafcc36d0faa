"""Two circular orbits that cross at a chosen instant, as messages, trajectories and participants."""

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from assessment.encounters import Participant
from assessment.hard_body_radius import HardBodyRadius
from assessment.trajectories import ephemeris_from_oem
from astrodynamics import timescales
from astrodynamics.trajectories import Ephemeris
from ccsds import Oem, OemCovariances, OemHeader, OemMetadata, OemSegment

MU_KM3_S2 = 398600.4418
TCA = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
TCA_UTC = np.datetime64("2026-03-01T12:00:00", "ns")
TCA_TAI_NS = timescales.from_datetime(TCA)
RTN_VARIANCES_KM2 = np.array([1e-4, 9e-4, 2.5e-5, 1e-10, 1e-10, 1e-10])

Floats = npt.NDArray[np.float64]


def circular_states(
    seconds: Floats, radius_km: float, inclination_deg: float, radial_offset_km: float = 0.0, lead_s: float = 0.0
) -> tuple[Floats, Floats]:
    """States of a circular orbit whose ascending node is met at second 0 (earlier by `lead_s`)."""
    radius = radius_km + radial_offset_km
    rate = np.sqrt(MU_KM3_S2 / radius**3)
    angle = rate * (seconds + lead_s)
    inclination = np.radians(inclination_deg)
    node = np.array([1.0, 0.0, 0.0])
    across = np.array([0.0, np.cos(inclination), np.sin(inclination)])
    position = radius * (np.cos(angle)[:, None] * node + np.sin(angle)[:, None] * across)
    velocity = radius * rate * (-np.sin(angle)[:, None] * node + np.cos(angle)[:, None] * across)
    return position, velocity


def oem(
    inclination_deg: float = 51.6,
    *,
    radial_offset_km: float = 0.0,
    lead_s: float = 0.0,
    covariance_frame: str | None = "RTN",
    ref_frame: str = "GCRF",
    time_system: str = "UTC",
    radius_km: float = 7000.0,
    **metadata: object,
) -> Oem:
    """An orbit ephemeris message, a state a minute for an hour either side of `TCA`.

    It has no covariance where the covariance frame is None.
    """
    seconds = np.arange(-3600.0, 3601.0, 60.0)
    epochs = TCA_UTC + (seconds * 1e9).astype("timedelta64[ns]")
    position, velocity = circular_states(seconds, radius_km, inclination_deg, radial_offset_km, lead_s)
    covariances = None
    if covariance_frame is not None:
        covariances = OemCovariances(
            epochs=epochs[::10],
            matrices=np.broadcast_to(np.diag(RTN_VARIANCES_KM2), (len(epochs[::10]), 6, 6)).copy(),
            frames=(covariance_frame,) * len(epochs[::10]),
        )
    described = {
        "object_name": "TESTSAT",
        "object_id": "2020-001A",
        "ref_frame": ref_frame,
        "time_system": time_system,
        "start_time": epochs[0],
        "stop_time": epochs[-1],
    } | metadata
    return Oem(
        header=OemHeader(creation_date=epochs[0], originator="TEST"),
        segments=(
            OemSegment(
                metadata=OemMetadata(**described),
                epochs=epochs,
                positions_km=position,
                velocities_km_s=velocity,
                covariances=covariances,
            ),
        ),
    )


def ephemeris(norad_cat_id: int, inclination_deg: float, **changes: object) -> Ephemeris:
    """The trajectory of such a message."""
    return ephemeris_from_oem(
        oem(inclination_deg, **changes),  # type: ignore[arg-type]
        norad_cat_id=norad_cat_id,
        designator=f"document-{norad_cat_id}",
    )


def participant(norad_cat_id: int, inclination_deg: float, radius_m: float = 5.0, **changes: object) -> Participant:
    """A satellite on such a trajectory."""
    return Participant(
        norad_cat_id=norad_cat_id,
        object_name=f"Testsat {norad_cat_id}",
        trajectory=ephemeris(norad_cat_id, inclination_deg, **changes),
        hard_body_radius=HardBodyRadius(radius_m, "operator"),
        international_designator="20001A",
        object_type="PAYLOAD",
        maneuverable=True,
        ephemeris_name=f"MEME_{norad_cat_id}_TESTSAT_0601200_OPERATIONAL_UNCLASSIFIED.OEM",
        screened_with="operator ephemeris",
        operator_hard_body_radius_m=radius_m,
    )


def after(seconds: float) -> datetime:
    """A time relative to `TCA`."""
    return TCA + timedelta(seconds=seconds)
