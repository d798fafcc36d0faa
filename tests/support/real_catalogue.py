"""The real catalogue of 2024-09-17, as python-sgp4 reads it: what the engine is compared with."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sgp4.api import Satrec

from astrodynamics.sgp4 import ElementArrays
from astrodynamics.timescales import DAY_NS, to_tai_ns

__all__ = ["AS_OF", "elements_of", "line_pairs", "models_of"]

AS_OF = "2024-09-17T12:00:00Z"


def line_pairs(corpus: Path) -> list[tuple[str, str]]:
    """Both lines of every element set."""
    with gzip.open(corpus / "catalog" / "cat_20240917.3le.gz", "rt") as file:
        text = file.read().splitlines()
    return list(zip(text[1::3], text[2::3], strict=True))


def models_of(lines: Sequence[tuple[str, str]]) -> list[Satrec]:
    """The reference implementation's model of each."""
    return [Satrec.twoline2rv(*pair) for pair in lines]


def elements_of(lines: Sequence[tuple[str, str]], models: Sequence[Satrec]) -> ElementArrays:
    """The elements as the reference reads them; epochs to the printed digits (1e-8 day)."""
    epochs = []
    for first, _ in lines:
        year, day, fraction = 2000 + int(first[18:20]), int(first[20:23]), int(first[24:32].ljust(8, "0"))
        year -= 100 if year >= 2057 else 0
        midnight = int(np.datetime64(f"{year}-01-01", "ns").astype(np.int64)) + (day - 1) * DAY_NS
        epochs.append(midnight + fraction * (DAY_NS // 10**8))
    columns = np.array([(m.no_kozai, m.ecco, m.inclo, m.nodeo, m.argpo, m.mo, m.bstar) for m in models]).T
    inclination_deg, raan_deg, arg_of_perigee_deg, mean_anomaly_deg = np.degrees(columns[2:6])
    return ElementArrays(
        np.array([model.satnum for model in models]),
        to_tai_ns(np.array(epochs).astype("datetime64[ns]")),
        columns[0] * 1440 / (2 * np.pi),
        columns[1],
        inclination_deg,
        raan_deg,
        arg_of_perigee_deg,
        mean_anomaly_deg,
        columns[6],
    )
