"""Messages made from scratch, for tests of the message library and of what uses it."""

from __future__ import annotations

import numpy as np

import ccsds

__all__ = ["cdm_of_two", "oem_of", "oem_text"]

START = np.datetime64("2026-01-01T00:00:00", "ns")
MINUTE = np.timedelta64(60, "s")


def oem_of(states: int = 10, *, covariances: bool = False, version: str = "2.0") -> ccsds.Oem:
    """One segment on a circular orbit of 6878.137 km: a state a minute, each with a covariance if asked for."""
    angle = 2.0 * np.pi * np.arange(states) / 94.6
    zero = np.zeros(states)
    positions = np.round(6878.137 * np.stack([np.cos(angle), np.sin(angle), zero], axis=1), 6)
    velocities = np.round(7.612608 * np.stack([-np.sin(angle), np.cos(angle), zero], axis=1), 9)
    epochs = START + np.arange(states) * MINUTE
    matrix = np.diag([1e-4, 4e-4, 9e-5, 1e-10, 2e-10, 3e-10])
    return ccsds.Oem(
        header=ccsds.OemHeader(version=version, creation_date=START, originator="TESTORG"),
        segments=(
            ccsds.OemSegment(
                metadata=ccsds.OemMetadata(
                    object_name="TESTSAT 1",
                    object_id="2020-001A",
                    ref_frame="EME2000",
                    start_time=epochs[0],
                    stop_time=epochs[-1],
                    interpolation="LAGRANGE",
                    interpolation_degree=5,
                ),
                epochs=epochs,
                positions_km=positions,
                velocities_km_s=velocities,
                covariances=ccsds.OemCovariances(
                    epochs=epochs, matrices=np.repeat(matrix[np.newaxis], states, axis=0), frames=("RTN",) * states
                )
                if covariances
                else None,
            ),
        ),
    )


def oem_text(states: int = 10, *, covariances: bool = False) -> str:
    """The same as KVN text."""
    return ccsds.write(oem_of(states, covariances=covariances), "kvn").decode()


def cdm_of_two() -> ccsds.Cdm:
    """A close approach of 1 km radially at 14 km/s, with covariances."""
    covariance = np.diag([1e4, 4e4, 1e4, 0.01, 0.01, 0.01])

    def one(name: str, number: str, x_km: float, y_dot_km_s: float) -> ccsds.CdmObject:
        return ccsds.CdmObject(
            metadata=ccsds.CdmMetadata(
                object_designator=number, object_name=name, international_designator="2020-001A", maneuverable="YES"
            ),
            position_km=np.array([x_km, 0.0, 0.0]),
            velocity_km_s=np.array([0.0, y_dot_km_s, 0.0]),
            covariance_rtn_m2=covariance,
        )

    return ccsds.Cdm(
        header=ccsds.CdmHeader(creation_date=START, originator="TESTORG", message_id="000012345_conj_000030337_1"),
        relative=ccsds.CdmRelative(
            tca=START + np.timedelta64(36, "h"),
            miss_distance_m=1000.0,
            relative_speed_m_s=14000.0,
            relative_position_rtn_m=np.array([1000.0, 0.0, 0.0]),
            relative_velocity_rtn_m_s=np.array([0.0, -14000.0, 0.0]),
            collision_probability=1.25e-6,
            collision_probability_method="FOSTER-1992",
            comments=("Screening Option = Covariance",),
        ),
        objects=(one("TESTSAT 1", "12345", 6878.0, 7.0), one("FENGYUN 1C DEB", "30337", 6879.0, -7.0)),
    )
