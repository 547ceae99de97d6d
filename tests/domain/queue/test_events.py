"""The journal's chain."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.queue.events import GENESIS, Event, first_bad_line, seal

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def chain(length: int) -> list[tuple[int, Event, str]]:
    """A whole chain of so many lines."""
    lines, previous = [], GENESIS
    for number in range(1, length + 1):
        event = Event("issue", AT + timedelta(seconds=number), "kiosk:1", number, 1, {"number": f"G-{number:03d}"})
        previous = seal(number, event, previous)
        lines.append((number, event, previous))
    return lines


def test_a_whole_chain_has_no_bad_line() -> None:
    assert first_bad_line(chain(20)) is None


@given(st.integers(0, 18))
def test_a_deleted_line_is_found_where_it_was(place: int) -> None:
    lines = chain(20)
    del lines[place]

    assert first_bad_line(lines) == place + 1


@given(st.integers(0, 19), st.sampled_from(["kind", "actor", "data", "token_id"]))
def test_an_edited_line_is_found(place: int, name: str) -> None:
    lines = chain(20)
    number, event, digest = lines[place]
    changed = {"kind": "call", "actor": "doctor:2", "data": {"number": "G-999"}, "token_id": 77}[name]
    fields = {field: getattr(event, field) for field in ("kind", "at", "actor", "token_id", "department_id", "data")}
    lines[place] = (number, Event(**(fields | {name: changed})), digest)

    assert first_bad_line(lines) == place + 1


@given(st.integers(0, 18))
def test_swapped_lines_are_found(place: int) -> None:
    lines = chain(20)
    lines[place], lines[place + 1] = lines[place + 1], lines[place]

    assert first_bad_line(lines) == place + 1


def test_a_moment_seals_the_same_in_every_zone() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert seal(1, Event("issue", AT, "kiosk:1"), GENESIS) == seal(1, Event("issue", elsewhere, "kiosk:1"), GENESIS)
