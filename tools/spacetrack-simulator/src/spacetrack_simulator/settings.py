"""How the simulated site is set up; what it does wrong on purpose stands in `faults`."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Settings"]


class Settings(BaseModel):
    """The site.

    Attributes
    ----------
    database
        File of the database; None keeps it in memory.
    secure_cookie
        Over plain http a client drops a cookie that is marked Secure, and every query then fails.
    special_latency_s
        From upload to result of a special ephemeris; 19 SDS promises 4 h.
    operational_slots_h
        Hours UTC at which operational ephemerides are screened; where there are none, each at once.
    operational_latency_s
        From the slot to the result.
    screen_uploads
        Whether uploaded ephemerides are screened at all.
    catalogue_sigma_rtn_m
        Position uncertainty that the simulated special-perturbations catalogue claims for its objects.
    catalogue_sigma_velocity_rtn_m_s
        The same of the velocity.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: str | None = None
    originator: str = "CSPOC"
    secure_cookie: bool = False
    largest_upload_bytes: int = 512 * 1024 * 1024
    most_files_per_upload: int = 100
    largest_result_rows: int = 100_000
    screen_uploads: bool = True
    special_latency_s: float = Field(default=2 * 3600.0, ge=0)
    operational_slots_h: tuple[int, ...] = (0, 8, 16)
    operational_latency_s: float = Field(default=3600.0, ge=0)
    near_earth_days: float = 7.0
    deep_space_days: float = 10.0
    catalogue_sigma_rtn_m: tuple[float, float, float] = (60.0, 400.0, 60.0)
    catalogue_sigma_velocity_rtn_m_s: tuple[float, float, float] = (0.4, 0.06, 0.06)
    engine_threads: int | None = 1
