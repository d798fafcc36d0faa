"""The watermark moves forward, and the daily overlap reaches back far enough for rows that came late."""

from datetime import UTC, datetime, timedelta

from spacetrack_gateway.pulling.cursor import Cursor

START = datetime(2024, 9, 17, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def pulled(cursor: Cursor, now: datetime, visible: list[int]) -> tuple[Cursor, set[int]]:
    """Pull everything that is visible above where the run begins."""
    run = cursor.begun(now)
    found = [number for number in visible if number > run.position]
    return cursor.after_page(run, max(found, default=None), len(found), 0, is_last=True, now=now), set(found)


def test_a_row_that_comes_up_to_a_day_late_is_found_whenever_it_was_numbered():
    for numbered_h in range(60):
        for late_h in (1, 5, 12, 23):
            cursor, seen = Cursor(), set[int]()
            for at_h in range(0, 120, 8):
                visible = [n for n in range(1, at_h + 1) if n != numbered_h or at_h >= numbered_h + late_h]
                cursor, found = pulled(cursor, START + at_h * HOUR, visible)
                seen |= found
            assert numbered_h == 0 or numbered_h in seen, (numbered_h, late_h)


def test_the_watermark_never_goes_back():
    cursor = Cursor()
    marks = []
    for at_h in range(0, 96, 8):
        cursor, _ = pulled(cursor, START + at_h * HOUR, list(range(1, at_h + 2)))
        marks.append(cursor.watermark or 0)
    assert marks == sorted(marks)


def test_after_one_answer_that_was_too_long_the_pages_grow_again():
    cursor = Cursor(page_rows=20)
    sizes = []
    for at_h in range(0, 40, 8):
        at = START + timedelta(hours=at_h)
        cursor = cursor.after_page(cursor.begun(at), at_h, 1, 1, is_last=True, now=at)
        sizes.append(cursor.page_rows)
    assert sizes == [40, 80, 160, 320, 640]
