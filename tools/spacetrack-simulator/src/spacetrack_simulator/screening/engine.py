"""Screening with Fairway's own engine, against the simulator's catalogue."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

import assessment
import ccsds
from assessment import Catalogue, CdmIdentity, Encounter, HardBodyRadius, Orbit, Participant, ScreeningContext
from assessment.engine_volumes import orbit_of_ephemeris
from assessment.population_screening import PopulationScreening, screen_population
from astrodynamics import frames, timescales
from astrodynamics.errors import AstrodynamicsError
from astrodynamics.screening import Population
from astrodynamics.trajectories import Ephemeris
from ccsds import Cdm, Oem
from spacetrack_simulator.screening.outcome import Order, Outcome
from spacetrack_simulator.settings import Settings

__all__ = ["EngineScreener"]

Floats = npt.NDArray[np.float64]

_VOLUME: Final = "ephemeris"
_DAY_NS: Final = 86_400 * 1_000_000_000
_CATALOGUE_HBR_M: Final = 5.0


class EngineScreener:
    """Screens with the engine that the service has, so that both find the same in the same data."""

    def __init__(self, settings: Settings, catalogue: Callable[[], Catalogue | None]) -> None:
        self._settings = settings
        self._catalogue = catalogue

    def screen(self, order: Order) -> Outcome:
        """Screen one ephemeris against the catalogue, within the volume of handbook table 4."""
        report = ccsds.validate(order.content, profile="lenient")
        if not isinstance(report.message, Oem):
            detail = report.errors[0].message if report.errors else f"{report.kind} is no ephemeris"
            return Outcome("unreadable", detail=detail)
        try:
            ephemeris = assessment.ephemeris_from_oem(
                report.message, norad_cat_id=order.norad_cat_id, designator=order.file_name
            )
            orbit = orbit_of_ephemeris(ephemeris)
        except (assessment.AssessmentError, AstrodynamicsError) as error:
            return Outcome("unreadable", detail=str(error))
        span = self._span(order, ephemeris, orbit)
        catalogue = self._catalogue()
        if span is None:
            return Outcome("past")
        if catalogue is None:
            return Outcome("none")
        cdms = self._messages(order, ephemeris, orbit, catalogue, *span)
        return Outcome("conjunctions" if cdms else "none", tuple(cdms))

    def _span(self, order: Order, ephemeris: Ephemeris, orbit: Orbit) -> tuple[int, int] | None:
        deep = orbit.regime == "deep-space"
        days = self._settings.deep_space_days if deep else self._settings.near_earth_days
        now = timescales.from_datetime(order.now)
        intervals = ephemeris.usable_intervals
        start, stop = max(now, intervals[0][0]), min(now + int(days * _DAY_NS), intervals[-1][1])
        return (start, stop) if start < stop else None

    def _messages(
        self, order: Order, ephemeris: Ephemeris, orbit: Orbit, catalogue: Catalogue, start: int, stop: int
    ) -> list[Cdm]:
        population = Population(catalogue.elements, [ephemeris])
        volume = assessment.parse_volume(_VOLUME)
        screened = screen_population(
            population,
            PopulationScreening(
                start_tai_ns=start,
                stop_tai_ns=stop,
                volume=volume,
                primaries=[len(catalogue)],
                secondaries=np.arange(len(catalogue)),
            ),
            threads=self._settings.engine_threads,
        ).approaches.in_order()
        context = ScreeningContext(start, stop, volume.for_orbit(orbit))
        messages = []
        for row, tca in enumerate(screened.tca_tai_ns.tolist()):
            pair = (int(screened.norad_cat_id_1[row]), int(screened.norad_cat_id_2[row]))
            other = next(number for number in pair if number != order.norad_cat_id)
            primary = _primary(order, ephemeris)
            found = assessment.assess(primary, self._secondary(catalogue, other), int(tca))
            if assessment.calls_for_cdm(order.service_level, "ephemeris", found.prediction(start)):
                messages.append(self._message(order, found, context, row))
        return messages

    def _message(self, order: Order, found: Encounter, context: ScreeningContext, ordinal: int) -> Cdm:
        prediction = found.prediction(timescales.from_datetime(order.now))
        return assessment.make_cdm(
            found,
            identity=CdmIdentity(f"{order.file_id}/{order.now:%Y%m%d%H%M}", ordinal),
            originator=self._settings.originator,
            message_for=order.organization,
            creation_time=order.now,
            screening=context,
            level=assessment.level_of(order.service_level, "ephemeris", prediction),
        )

    def _secondary(self, catalogue: Catalogue, number: int) -> Participant:
        row = catalogue.row_of(number)
        return Participant(
            norad_cat_id=number,
            object_name=catalogue.object_names[row] or f"OBJECT {number}",
            trajectory=_WithUncertainty(catalogue, number, self._settings),
            hard_body_radius=HardBodyRadius(_CATALOGUE_HBR_M, "default"),
            international_designator=catalogue.object_ids[row],
            screened_with="HAC Ephemeris",
        )


def _primary(order: Order, ephemeris: Ephemeris) -> Participant:
    radius = order.hard_body_radius_m
    return Participant(
        norad_cat_id=order.norad_cat_id,
        object_name=order.object_name,
        trajectory=ephemeris,
        hard_body_radius=assessment.choose_radius(operator_m=radius),
        object_type="PAYLOAD",
        operator_organization=order.organization,
        maneuverable=True,
        ephemeris_name=order.file_name,
        screened_with="O/O Ephemeris",
        operator_hard_body_radius_m=radius,
    )


class _WithUncertainty:
    """An object of the catalogue with the covariance that the site claims for all of them."""

    def __init__(self, catalogue: Catalogue, number: int, settings: Settings) -> None:
        self._motion = catalogue.trajectory_of(number)
        sigma = (*settings.catalogue_sigma_rtn_m, *settings.catalogue_sigma_velocity_rtn_m_s)
        self._rtn_km2 = np.diag(np.square(sigma)) * 1e-6

    def state(self, tai_ns: npt.NDArray[np.int64]) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        return self._motion.state(tai_ns)

    def covariance(self, tai_ns: int) -> Floats:
        r_km, v_km_s, _ = self._motion.state(np.array([tai_ns], dtype=np.int64))
        from_rtn = np.swapaxes(frames.rtn_axes(r_km[0], v_km_s[0]), -1, -2)
        return frames.rotate_covariance(self._rtn_km2, from_rtn)
