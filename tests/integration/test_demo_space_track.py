"""The simulated Space-Track of a demonstration is furnished for its operators, and linked with the service."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select
from support import rows
from support.databases import sqlite_store
from support.embedded import NOON, MovableClock, make_context

from fairway.demo.operators import OPERATORS
from fairway.demo.scenario import synthetic
from fairway.demo.space_track import MODES, keep_secret_key, simulated_site
from records.spacetrack_gateway.tables import SpaceTrackLink
from spacetrack_gateway.work import work_once


async def test_operators_find_their_folders_and_the_account_sees_them(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "environ", os.environ.copy())
    keep_secret_key(tmp_path)
    organizations = [
        rows.organization(each.name, space_track_title=each.space_track_title, gid=each.gid) for each in OPERATORS
    ]
    clock = MovableClock.starting_at(NOON)
    async with sqlite_store(tmp_path, sqlite_template, clock) as store, make_context(store, tmp_path) as ctx:
        await rows.add(store, rows.organization("Operations", is_operations=True), *organizations)
        with simulated_site(ctx, synthetic(scale=0.02)) as space_track:
            await space_track.enter([each.id for each in organizations])
            for _ in range(2):  # the first turn finds out what there is to do
                await work_once(ctx)
            asked = {request.outcome for request in space_track.requests()}
        async with store.read() as session:
            links = {link.organization_id: link for link in await session.scalars(select(SpaceTrackLink))}
    assert [links[each.id].push_mode for each in organizations] == list(MODES)
    assert all(link.ephemeris_folder_id and link.maneuver_folder_id for link in links.values())
    assert asked == {"ok", "empty"}
    assert (tmp_path / "space-track.key").stat().st_mode & 0o777 == 0o600
