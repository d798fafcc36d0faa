"""Rows made by hand, with values that a test does not care about filled in."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from support.embedded import NOON

from records.identity.tables import Membership, Organization, User
from records.ingest_api.tables import Document, Satellite, UndecidedDocument
from records.screening.tables import Cdm, ConjunctionEvent, ScreeningRun
from records.spacetrack_gateway.tables import Submission
from records.validator.tables import Catalogue, Ephemeris, Maneuver, Verdict
from servicekit.ids import new_id
from servicekit.store import Actor, Base, Store
from servicekit.store.plumbing import DeliveryRow

__all__ = [
    "add",
    "catalogue",
    "cdm",
    "conjunction_event",
    "delivery",
    "document",
    "ephemeris",
    "maneuver",
    "member",
    "organization",
    "satellite",
    "screening_run",
    "submission",
    "verdict",
]


async def add(store: Store, *rows: Base) -> None:
    """Commit rows, one by one, so that what they refer to stands before them."""
    async with store.write(Actor("system", "test")) as unit:
        for row in rows:
            unit.session.add(row)
            if isinstance(row, Document):
                await unit.session.flush()
                unit.session.add(UndecidedDocument(document_id=row.id, received_at=row.received_at))
            if isinstance(row, Verdict):
                decided = delete(UndecidedDocument).where(UndecidedDocument.document_id == row.document_id)
                await unit.session.execute(decided)
            await unit.session.flush()


def organization(name: str = "Northern Orbits", **values: Any) -> Organization:
    defaults: dict[str, Any] = {
        "id": new_id(),
        "name": name,
        "space_track_title": None,
        "gid": None,
        "service_level": "basic",
        "default_profile": None,
        "is_operations": False,
        "close_approach_addresses": [],
        "created_at": NOON,
        "row_version": 1,
    }
    return Organization(**(defaults | values))


def member(of: Organization, email: str, role: str = "operator", name: str | None = None) -> tuple[User, Membership]:
    user = User(id=new_id(), name=name or email.partition("@")[0], email=email, created_at=NOON)
    return user, Membership(user_id=user.id, organization_id=of.id, role=role)


def satellite(norad_cat_id: int, owner: Organization | None = None) -> Satellite:
    return Satellite(norad_cat_id=norad_cat_id, organization_id=owner and owner.id, created_at=NOON, row_version=1)


def document(of: Organization, file_name: str = "oem.txt", **values: Any) -> Document:
    document_id = new_id()
    defaults: dict[str, Any] = {
        "id": document_id,
        "organization_id": of.id,
        "uploader_kind": "token",
        "uploader_id": new_id(),
        "source": "api",
        "purpose": "operator",
        "file_name": file_name,
        "content_type": "text/plain",
        "sha256": "0" * 64,
        "size_bytes": 1,
        "object_key": f"documents/{document_id}",
        "requested_norad_cat_id": None,
        "requested_profile": None,
        "requested_designation": None,
        "received_at": NOON,
        "received_event_id": new_id(),
    }
    return Document(**(defaults | values))


def verdict(of: Document, **values: Any) -> Verdict:
    defaults: dict[str, Any] = {
        "document_id": of.id,
        "verdict": "valid",
        "kind": "OEM",
        "format": "KVN",
        "version": "2.0",
        "profile": "operational",
        "norad_cat_id": None,
        "findings": [],
        "findings_omitted": 0,
        "error_count": 0,
        "warning_count": 0,
        "decided_at": NOON,
    }
    return Verdict(**(defaults | values))


def maneuver(of: Document, norad_cat_id: int, **values: Any) -> Maneuver:
    defaults: dict[str, Any] = {
        "id": new_id(),
        "organization_id": of.organization_id,
        "norad_cat_id": norad_cat_id,
        "man_id": "M-1",
        "document_id": of.id,
        "notified_at": NOON,
        "is_public": False,
        "purpose": "SK",
        "status": "PREDICTED",
        "epoch_ignition": NOON,
        "duration_s": 0.0,
        "delta_mass_kg": None,
        "ref_frame": "RTN",
        "delta_v_km_s": [0.0, 0.001, 0.0],
        "dv_overall_km_s": 0.001,
        "tca": None,
        "ephemeris_name": None,
        "accepted_at": NOON,
        "row_version": 1,
    }
    return Maneuver(**(defaults | values))


def ephemeris(of: Document, norad_cat_id: int, **values: Any) -> Ephemeris:
    ephemeris_id = new_id()
    defaults: dict[str, Any] = {
        "id": ephemeris_id,
        "document_id": of.id,
        "organization_id": of.organization_id,
        "norad_cat_id": norad_cat_id,
        "designation": "operational",
        "is_active": True,
        "superseded_by": None,
        "withdrawn_at": None,
        "file_name": of.file_name,
        "creation_date": NOON,
        "originator": "NORTHERN",
        "object_name": "NORTH 1",
        "international_designator": "2020-001A",
        "ref_frame": "EME2000",
        "time_system": "UTC",
        "center_name": "EARTH",
        "start_time": NOON,
        "stop_time": NOON + timedelta(days=3),
        "state_count": 4321,
        "segment_count": 1,
        "has_covariance": True,
        "columns_key": f"ephemerides/{ephemeris_id}.npz",
        "columns_sha256": "0" * 64,
        "accepted_at": NOON,
        "expires_at": None,
        "reason_to_keep": None,
        "row_version": 1,
    }
    return Ephemeris(**(defaults | values))


def catalogue(of: Document, **values: Any) -> Catalogue:
    catalogue_id = new_id()
    defaults: dict[str, Any] = {
        "id": catalogue_id,
        "document_id": of.id,
        "label": of.file_name,
        "is_synthetic": False,
        "columns_key": f"catalogues/{catalogue_id}.npz",
        "columns_sha256": "0" * 64,
        "object_count": 25_000,
        "refused_count": 0,
        "oldest_epoch": NOON - timedelta(days=2),
        "newest_epoch": NOON,
        "accepted_at": NOON,
    }
    return Catalogue(**(defaults | values))


def screening_run(of: Organization | None, **values: Any) -> ScreeningRun:
    defaults: dict[str, Any] = {
        "id": new_id(),
        "kind": "ephemeris-catalogue",
        "state": "completed",
        "reason": None,
        "organization_id": of and of.id,
        "urgency": "urgent",
        "requested_by": "screening",
        "requested_at": NOON,
        "ephemeris_id": None,
        "norad_cat_id": None,
        "request": {},
        "catalogue_id": None,
        "inputs": {},
        "volume": "ephemeris",
        "start_time": NOON,
        "stop_time": NOON + timedelta(days=3),
        "task_count": 1,
        "tasks_done": 1,
        "object_count": 25_000,
        "screened_count": 24_990,
        "not_screened_count": 10,
        "exception_counts": {"decayed": 7, "element-set-too-old": 3},
        "approach_count": 0,
        "cdm_count": 0,
        "approaches_key": None,
        "coverage_key": None,
        "started_at": NOON,
        "finalise_emitted_at": NOON,
        "finalise_emissions": 1,
        "completed_at": NOON,
        "cpu_s": 1.0,
        "is_replay": False,
        "row_version": 3,
    }
    return ScreeningRun(**(defaults | values))


def conjunction_event(low: int, high: int, **values: Any) -> ConjunctionEvent:
    defaults: dict[str, Any] = {
        "id": new_id(),
        "norad_cat_id_low": low,
        "norad_cat_id_high": high,
        "object_name_low": f"OBJECT {low}",
        "object_name_high": f"OBJECT {high}",
        "organization_id_low": None,
        "organization_id_high": None,
        "state": "active",
        "redirect_to": None,
        "level": "emergency",
        "tca": NOON + timedelta(hours=30),
        "miss_distance_m": 123.4,
        "relative_speed_m_s": 14_000.0,
        "collision_probability": 2.5e-4,
        "maximum_probability": 9e-4,
        "worst_probability": 2.5e-4,
        "smallest_miss_distance_m": 123.4,
        "cdm_count": 1,
        "latest_cdm_id": new_id(),
        "history": [],
        "created_at": NOON,
        "updated_at": NOON,
        "is_replay": False,
        "row_version": 1,
    }
    return ConjunctionEvent(**(defaults | values))


def cdm(of: Organization | None, event: ConjunctionEvent | None, primary: int, secondary: int, **values: Any) -> Cdm:
    cdm_id = new_id()
    tca: datetime = values.get("tca", NOON + timedelta(hours=30))
    defaults: dict[str, Any] = {
        "id": cdm_id,
        "source": "fairway",
        "originator": "FAIRWAY",
        "message_id": f"{primary:09d}_conj_{secondary:09d}_{cdm_id}",
        "recipient_id": of and of.id,
        "content_sha256": "0" * 64,
        "object_key": f"cdms/{cdm_id}.0123.kvn",
        "run_id": None,
        "document_id": None,
        "event_id": event and event.id,
        "creation_date": NOON,
        "tca": tca,
        "tca_tai_ns": 0,
        "norad_cat_id_1": primary,
        "norad_cat_id_2": secondary,
        "norad_cat_id_low": min(primary, secondary),
        "norad_cat_id_high": max(primary, secondary),
        "organization_id_1": of and of.id,
        "organization_id_2": None,
        "object_name_1": f"OBJECT {primary}",
        "object_name_2": f"OBJECT {secondary}",
        "miss_distance_m": 123.4,
        "relative_speed_m_s": 14_000.0,
        "radial_m": 10.0,
        "in_track_m": -120.0,
        "cross_track_m": 27.0,
        "collision_probability": 2.5e-4,
        "probability_method": "FOSTER-1992",
        "probability_reason": None,
        "maximum_probability": 9e-4,
        "hard_body_radius_m": 10.0,
        "level": "emergency",
        "summary": {},
        "is_replay": False,
    }
    return Cdm(**(defaults | values))


def submission(of: Ephemeris, **values: Any) -> Submission:
    defaults: dict[str, Any] = {
        "id": new_id(),
        "kind": "ephemeris",
        "document_id": of.document_id,
        "ephemeris_id": of.id,
        "organization_id": of.organization_id,
        "designation": of.designation,
        "state": "held",
        "reasons": [],
        "attempts": 0,
        "looks": 0,
        "is_acknowledged": False,
        "result": {},
        "created_at": NOON,
        "updated_at": NOON,
        "row_version": 1,
    }
    return Submission(**(defaults | values))


def delivery(event_id: str, consumer: str, **values: Any) -> DeliveryRow:
    defaults: dict[str, Any] = {
        "event_id": event_id,
        "consumer": consumer,
        "topic": "document.received.v1",
        "payload": {},
        "trace_id": "0" * 32,
        "emitted_at": NOON,
        "state": "pending",
        "attempts": 1,
        "due_at": NOON,
        "settled_at": None,
        "error": None,
        "error_kind": None,
    }
    return DeliveryRow(**(defaults | values))
