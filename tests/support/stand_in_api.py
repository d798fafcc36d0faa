"""A stand-in for the API that answers what a test has put there, and remembers what was asked.

For pages whose content a running service does not make at will, such as names full of markup; `tests/e2e` has the
real one.
"""

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

NOW = "2024-09-17T12:00:00Z"
CSRF = "the-token-of-this-session"
COOKIE = "the-cookie-of-this-session"
PERMISSIONS = (
    "catalogues:read",
    "documents:read",
    "documents:write",
    "conjunctions:read",
    "screenings:read",
    "screening-workers:read",
    "dead-letters:read",
    "dead-letters:write",
)
SIGNED_IN = {
    "name": "Ada Okafor",
    "role": "admin",
    "organization_id": "0192f7c2-6f2b-7c1e-9d3a-5b1f0c9a7e11",
    "organization_name": "Northern Orbits",
    "permissions": list(PERMISSIONS),
    "csrf_token": CSRF,
    "is_replay": False,
    "now": NOW,
}
DOCUMENT_ID = "0192f7c2-6f2b-7c1e-9d3a-000000000001"
EVENT_ID = "0192f7c2-6f2b-7c1e-9d3a-000000000002"
CDM_ID = "0192f7c2-6f2b-7c1e-9d3a-000000000003"
RUN_ID = "0192f7c2-6f2b-7c1e-9d3a-000000000004"
MAIL_ID = "0192f7c2-6f2b-7c1e-9d3a-000000000005"


def page(*items: dict[str, Any], next_cursor: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": next_cursor}


def document(**changes: Any) -> dict[str, Any]:
    return {
        "id": DOCUMENT_ID,
        "file_name": "MEME_44391_NORTH1_2611200_operational_unclassified.oem",
        "status": "accepted",
        "purpose": "operator",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "size_bytes": 412_345,
        "received_at": "2024-09-17T11:58:00Z",
        "verdict": None,
        "ephemeris_id": None,
        "catalogue_id": None,
        **changes,
    }


def verdict(*findings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    errors = sum(finding["severity"] == "error" for finding in findings)
    return {
        "verdict": "invalid" if errors else "valid",
        "kind": "OEM",
        "format": "KVN",
        "version": "2.0",
        "profile": "operational",
        "norad_cat_id": 44391,
        "findings": list(findings),
        "findings_omitted": 0,
        "error_count": errors,
        "warning_count": sum(finding["severity"] == "warning" for finding in findings),
        "decided_at": NOW,
        **changes,
    }


def finding(**changes: Any) -> dict[str, Any]:
    return {
        "rule": "OEM-031",
        "severity": "error",
        "line": 5,
        "column": 25,
        "path": None,
        "message": "The position is not a number.",
        "hint": "Write it in decimal notation, in km.",
        "source": "CCSDS 502.0-B-3, 5.2.4",
        **changes,
    }


def event(**changes: Any) -> dict[str, Any]:
    return {
        "id": EVENT_ID,
        "norad_cat_id_low": 44391,
        "norad_cat_id_high": 48969,
        "object_name_low": "NORTH 1",
        "object_name_high": "DEBRIS 17",
        "state": "active",
        "level": "emergency",
        "tca": "2024-09-18T03:12:45.123456Z",
        "miss_distance_m": 183.4,
        "relative_speed_m_s": 12_345.0,
        "collision_probability": 4.2e-5,
        "maximum_probability": 3.1e-4,
        "worst_probability": 4.2e-5,
        "smallest_miss_distance_m": 183.4,
        "cdm_count": 1,
        "latest_cdm_id": CDM_ID,
        "redirect_to": None,
        "updated_at": NOW,
        **changes,
    }


def cdm(**changes: Any) -> dict[str, Any]:
    return {
        "id": CDM_ID,
        "source": "fairway",
        "originator": "FAIRWAY",
        "message_id": "000044391_conj_000048969_2024262031245_1",
        "creation_date": "2024-09-17T11:59:00Z",
        "tca": "2024-09-18T03:12:45.123456Z",
        "norad_cat_id_1": 44391,
        "norad_cat_id_2": 48969,
        "object_name_1": "NORTH 1",
        "object_name_2": "DEBRIS 17",
        "miss_distance_m": 183.4,
        "relative_speed_m_s": 12_345.0,
        "radial_m": 45.0,
        "in_track_m": -120.2,
        "cross_track_m": 131.1,
        "collision_probability": 4.2e-5,
        "probability_method": "disk",
        "probability_reason": None,
        "maximum_probability": 3.1e-4,
        "hard_body_radius_m": 9.0,
        "level": "emergency",
        "run_id": RUN_ID,
        "event_id": EVENT_ID,
        "summary": {
            "encounter_plane": {
                "sigma_major_m": 160.0,
                "sigma_minor_m": 40.0,
                "orientation_deg": 25.0,
                "flags": [],
            },
            "objects": [
                {"norad_cat_id": 44391, "ephemeris_name": "MEME_44391.oem", "screened_with": "operational ephemeris"}
            ],
        },
        **changes,
    }


def run(**changes: Any) -> dict[str, Any]:
    return {
        "id": RUN_ID,
        "kind": "ephemeris-catalogue",
        "state": "completed",
        "reason": None,
        "requested_at": NOW,
        "norad_cat_id": 44391,
        "ephemeris_id": None,
        "catalogue_id": None,
        "volume": "ephemeris",
        "start_time": NOW,
        "stop_time": "2024-09-24T12:00:00Z",
        "task_count": 4,
        "tasks_done": 4,
        "object_count": 25_000,
        "screened_count": 24_950,
        "not_screened_count": 50,
        "exception_counts": {"element-set-too-old": 50},
        "approach_count": 3,
        "known_pair_approach_count": 0,
        "cdm_count": 1,
        "started_at": NOW,
        "completed_at": "2024-09-17T12:00:12Z",
        **changes,
    }


def tasks(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for item in items:
        counts[item["state"]] = counts.get(item["state"], 0) + 1
    return {
        "screening_id": RUN_ID,
        "state": "running",
        "task_count": len(items),
        "task_counts": counts,
        "live_workers": 2,
        "cost": {
            "cpu_s": 31.25,
            "wall_s": 33.5,
            "longest_task_s": 9.75,
            "first_wait_s": 0.4,
            "longest_wait_s": 12.0,
            "peak_memory_bytes": 512 * 1024 * 1024,
            "worker_count": 2,
        },
        "items": list(items),
        "next_cursor": None,
        **changes,
    }


def task(**changes: Any) -> dict[str, Any]:
    return {
        "ordinal": 0,
        "state": "done",
        "start_time": NOW,
        "stop_time": "2024-09-17T13:36:00Z",
        "progress": None,
        "worker": "screening-worker-0",
        "emissions": 1,
        "waited_s": 0.4,
        "cpu_s": 9.5,
        "wall_s": 9.75,
        **changes,
    }


def worker(**changes: Any) -> dict[str, Any]:
    return {
        "name": "screening-worker-0",
        "state": "busy",
        "screening_id": RUN_ID,
        "task_id": "0192f7c2-6f2b-7c1e-9d3a-000000000006",
        "progress": 0.4,
        "since": NOW,
        "threads": 2,
        "memory_bytes": 700 * 1024 * 1024,
        "memory_limit_bytes": 3 * 1024**3,
        "kernels_ready_s": 1.9,
        "tasks_done": 17,
        "cpu_s": 160.0,
        "started_at": NOW,
        "seen_at": NOW,
        **changes,
    }


def mail(**changes: Any) -> dict[str, Any]:
    return {
        "id": MAIL_ID,
        "kind": "close-approach",
        "subject_id": EVENT_ID,
        "recipient": "ops@north.example",
        "message_id": "<1@fairway>",
        "mail_subject": "Close approach: NORTH 1 and DEBRIS 17",
        "mail_text": "NORTH 1 and DEBRIS 17\nmiss distance 183 m\n",
        "reason": "Probability 4.2e-05 and geometry meet the emergency criterion.",
        "state": "sent",
        "attempts": 1,
        "error": None,
        "created_at": NOW,
        "sent_at": NOW,
        **changes,
    }


@dataclass
class StandInApi:
    """Answers by method and path; a path that no test has filled is an empty list, or not there."""

    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    def put(self, path: str, answer: Any, *, method: str = "GET", status: int = 200) -> None:
        self.answers[method, path] = (status, answer)

    def problem(self, path: str, status: int, code: str, detail: str, *, method: str = "GET") -> None:
        document = {
            "status": status,
            "code": code,
            "title": code.replace("-", " "),
            "detail": detail,
            "remedy": "Wait.",
        }
        self.put(path, document, method=method, status=status)

    async def __call__(self, request: Request, path: str) -> Response:
        body = await request.body()
        self.asked.append((request.method, path, dict(request.headers), body))
        self.queries.append(request.url.query)
        if request.cookies.get("fairway_session") != COOKIE and (request.method, path) != ("POST", "session"):
            return JSONResponse({"status": 401, "code": "unauthenticated", "title": "Not signed in"}, 401)
        if request.method != "GET" and path != "session" and request.headers.get("x-csrf-token") != CSRF:
            problem = {
                "code": "csrf-token-missing",
                "title": "CSRF token missing or wrong",
                "detail": "The form is old.",
            }
            return JSONResponse(problem, 403)
        status, answer = self.answers.get((request.method, path), (404, {"code": "not-found", "title": "Not found"}))
        if isinstance(answer, bytes):
            return Response(answer, status)
        return Response(status_code=status) if answer is None else JSONResponse(answer, status)

    def sent(self, method: str, path: str) -> tuple[dict[str, str], bytes]:
        """Return headers and body of the last such request."""
        found = [(headers, body) for verb, where, headers, body in self.asked if (verb, where) == (method, path)]
        return found[-1]
