"""`fairway openapi` prints what stands in the repository."""

import json
from pathlib import Path

from support.command_line import fairway

PUBLIC = Path(__file__).parents[3] / "openapi" / "public.json"


def test_the_description_is_the_one_that_is_checked_in(capsys):
    ended = fairway(capsys, "openapi")
    assert ended.exit_code == 0
    assert ended.output == PUBLIC.read_text()
    assert json.loads(ended.output)["openapi"].startswith("3.1")
