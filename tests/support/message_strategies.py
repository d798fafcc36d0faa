"""Any OEM and any CDM that the standards allow, for property tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from support.ccsds_messages import cdm_of_two

import ccsds

__all__ = ["cdms", "oems"]

START = np.datetime64("2026-01-01T00:00:00", "ns")

numbers = st.decimals(-99999, 99999, places=9, allow_nan=False).map(lambda number: float(str(number)) + 0.0)
small = st.floats(1e-12, 1e-3).map(lambda value: float(f"{value:.12e}"))
names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -()", min_size=1, max_size=24).map(
    lambda text: " ".join(text.split()) or "X"
)
identifiers = st.text("ABCXYZabcxyz019_-", min_size=1, max_size=24)
comments = st.lists(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60), max_size=3).map(tuple)


def vectors(count: int) -> st.SearchStrategy[np.ndarray]:
    return st.lists(numbers, min_size=3 * count, max_size=3 * count).map(lambda v: np.array(v).reshape(count, 3))


@st.composite
def covariance(draw: st.DrawFn, count: int) -> np.ndarray:
    matrices = np.zeros((count, 6, 6))
    for axis in range(6):
        matrices[:, axis, axis] = draw(small)
    return matrices


@st.composite
def segments(draw: st.DrawFn, start_s: int) -> ccsds.OemSegment:
    count = draw(st.integers(1, 20))
    steps = np.cumsum(draw(st.lists(st.integers(1, 10**12), min_size=count, max_size=count)))
    epochs = START + np.timedelta64(start_s, "s") + steps.astype("timedelta64[ns]")
    matrices = draw(covariance(count))
    return ccsds.OemSegment(
        metadata=ccsds.OemMetadata(
            object_name="TESTSAT 1",
            object_id="2020-001A",
            center_name="EROS",  # of which nothing is known: any numbers are states about it
            ref_frame=draw(st.sampled_from(["EME2000", "GCRF", "ITRF2000", "TEME"])),
            start_time=epochs[0],
            stop_time=epochs[-1],
            useable_start_time=draw(st.sampled_from([None, epochs[0]])),
            comments=draw(comments),
        ),
        epochs=epochs,
        positions_km=draw(vectors(count)),
        velocities_km_s=draw(vectors(count)),
        accelerations_km_s2=draw(st.none() | vectors(count)),
        covariances=draw(
            st.none()
            | st.builds(
                ccsds.OemCovariances,
                epochs=st.just(epochs),
                matrices=st.just(matrices),
                frames=st.lists(st.sampled_from([None, "RTN", "EME2000"]), min_size=count, max_size=count).map(tuple),
                comments=comments,
            )
        ),
        comments=draw(comments),
    )


@st.composite
def oems(draw: st.DrawFn) -> ccsds.Oem:
    version = draw(st.sampled_from(["2.0", "3.0"]))
    return ccsds.Oem(
        header=ccsds.OemHeader(
            version=version,
            creation_date=START,
            originator=draw(names),
            comments=draw(comments),
            message_id=draw(names) if version == "3.0" else None,
        ),
        segments=tuple(draw(segments(start)) for start in range(0, 3 * 10**5, 10**5)[: draw(st.integers(1, 3))]),
    )


@st.composite
def cdms(draw: st.DrawFn) -> ccsds.Cdm:
    base = cdm_of_two()
    bodies = []
    for body in base.objects:
        matrix = np.zeros((6, 6))
        np.fill_diagonal(matrix, draw(st.lists(small, min_size=6, max_size=6)))
        if draw(st.booleans()):
            full = np.full((9, 9), np.nan)
            full[:6, :6] = matrix
            full[6, :7] = full[:7, 6] = draw(small)
            matrix = full
        bodies.append(
            replace(
                body,
                metadata=replace(body.metadata, object_name=draw(names), comments=draw(comments)),
                od=ccsds.CdmOrbitDetermination(
                    obs_available=draw(st.integers(100, 2**31 - 1)), obs_used=draw(st.none() | st.integers(0, 100)),
                    weighted_rms=draw(st.none() | small), comments=(),
                ),
                additional=ccsds.CdmAdditional(
                    area_pc=draw(small), mass=draw(st.none() | small), comments=draw(comments)
                ),
                covariance_rtn_m2=matrix,
                state_comments=draw(comments),
                covariance_comments=draw(comments),
            )
        )  # fmt: skip
    return replace(
        base,
        header=replace(base.header, message_id=draw(identifiers), message_for=draw(st.none() | names)),
        relative=replace(
            base.relative,
            collision_probability=draw(st.none() | st.floats(1e-30, 1.0).map(lambda p: float(f"{p:.10e}"))),
            comments=draw(comments),
        ),
        objects=(bodies[0], bodies[1]),
    )
