"""Frames that Space-Track takes together (19 SDS Spaceflight Safety Handbook, table 8)."""

from __future__ import annotations

import re

from ccsds.tables.oem import SPACE_TRACK_FRAME_PAIRS, normalised

__all__ = ["SPACE_TRACK_FRAME_PAIRS", "covariance_frames_for", "is_space_track_frame_pair", "space_track_frame"]

ITRF = re.compile(r"ITRF[- ]?(?:[0-9]{2}|[0-9]{4})?\Z")


def is_space_track_frame_pair(state_frame: str, covariance_frame: str | None = None) -> bool:
    """Whether states in one frame may come with covariances in the other; None means the states' own frame."""
    state = space_track_frame(state_frame)
    return (
        state,
        state if covariance_frame is None else space_track_frame(covariance_frame),
    ) in SPACE_TRACK_FRAME_PAIRS


def covariance_frames_for(state_frame: str) -> tuple[str, ...]:
    """Covariance frames that are taken beside states in a frame; none where the states themselves are not taken."""
    state = space_track_frame(state_frame)
    return tuple(sorted(covariance for other, covariance in SPACE_TRACK_FRAME_PAIRS if other == state))


def space_track_frame(frame: str) -> str:
    """The frame as table 8 names it: every realization of the ITRF is `ITRF`."""
    text = normalised(frame)
    return "ITRF" if ITRF.match(text) else text
