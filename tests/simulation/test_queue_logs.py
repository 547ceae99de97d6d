"""Reading and writing logs: what is accepted, what is put right, what is refused by line."""

import io
from pathlib import Path

import pytest

from queue_server.domain.errors import BadInput
from queue_server.simulation.clinic import a_clinic, simulate
from queue_server.simulation.queue_logs import read_duty, read_log, write_duty, write_log

LOG = "id,queue,joined_at,called_at,finished_at,left_at,room\n"
DUTY = "room,expected_at,on_at,off_at\n"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "LOG.csv"


def refusal(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    read = read_log if text[:2] in ("id", b"id") or "queue" in str(text[:20]) else read_duty
    with pytest.raises(BadInput) as refused:
        read(path)
    return refused.value.message


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    played = simulate(a_clinic(), 3, 2)
    log, duty = io.StringIO(), io.StringIO()

    write_log(played.entries, log)
    write_duty(played.duties, duty)

    (tmp_path / "log.csv").write_text(log.getvalue())
    (tmp_path / "duty.csv").write_text(duty.getvalue())
    assert read_log(tmp_path / "log.csv") == played.entries
    assert read_duty(tmp_path / "duty.csv") == played.duties


def test_cells_are_empty_for_what_did_not_happen(written: Path) -> None:
    written.write_text(LOG + "7,GEN,2026-11-22T09:00:00,,,,\n")

    (entry,) = read_log(written)

    assert (entry.called_s, entry.finished_s, entry.left_s, entry.room) == (None, None, None, "")


def test_times_may_have_an_offset_and_columns_any_order_and_company(written: Path) -> None:
    written.write_text(
        "note,joined_at,id,room,queue,called_at,finished_at,left_at\n"
        "x,2026-11-22T09:00:00+05:30,7,3,GEN,2026-11-22T03:31:00Z,,\n"
    )

    (entry,) = read_log(written)

    assert entry.called_s == entry.joined_s + 60


def test_a_clock_that_was_not_turned_over_at_midnight_is_put_right(written: Path) -> None:
    written.write_text(LOG + "7,GEN,2026-11-22T23:59:30,,,2026-11-22T00:00:30,\n")

    (entry,) = read_log(written)

    assert entry.left_s == entry.joined_s + 60


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("7,GEN,yesterday,,,,", "joined_at"),
        ("7,GEN,,,,,", "joined_at"),
        (",GEN,2026-11-22T09:00:00,,,,", "id"),
        ("7,GEN,2026-11-22T09:00:00,2026-11-22T08:00:00,,,1", "called_at"),
        ("7,GEN,2026-11-22T09:00:00,2026-11-22T09:01:00,2026-11-22T09:00:30,,1", "finished_at"),
        ("7,GEN,2026-11-22T09:00:00,,2026-11-22T09:00:30,,1", "finished_at"),
        ("7,GEN,2026-11-22T09:00:00,,,2026-11-22T07:00:00,", "left_at"),
        ("7,GEN,2026-11-22T09:00:00,2026-13-22T09:00:00,,,", "called_at"),
    ],
)
def test_a_bad_cell_is_refused_with_its_line_and_column(written: Path, row: str, column: str) -> None:
    message = refusal(written, f"{LOG}1,GEN,2026-11-22T08:00:00,,,,\n{row}\n")

    assert message.startswith("LOG.csv line 3:")
    assert column in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LOG + "1,GEN\n", "line 2: the line does not have 7 cells"),
        (LOG + "1,GEN,2026-11-22T09:00:00,,,,,,\n", "line 2: the line does not have 7 cells"),
        (LOG + "1,GEN,2026-11-22T09:00:00,,,,\n1,GEN,2026-11-22T09:00:00,,,,\n", "line 3: the id '1' is there twice"),
        ("id,queue\n", "line 1: the column 'joined_at' is missing"),
        ("", "line 1: the column 'room' is missing"),
        (LOG.encode() + b"\xff\xfe,GEN,,,,,\n", "not readable"),
        (LOG + '"1,GEN,2026-11-22T09:00:00,,,,\n', "not readable"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(written: Path, text: str | bytes, said: str) -> None:
    assert said in refusal(written, text)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",2026-11-22T09:00:00,,", "room"),
        ("1,,,", "expected_at"),
        ("1,2026-11-22T09:00:00,,2026-11-22T09:30:00", "off_at"),
        ("1,2026-11-22T09:00:00,2026-11-22T09:10:00,2026-11-22T09:05:00", "off_at"),
        ("1,nine,,", "expected_at"),
    ],
)
def test_a_bad_duty_is_refused_with_its_line_and_column(written: Path, row: str, column: str) -> None:
    message = refusal(written, DUTY + row + "\n")

    assert message.startswith("LOG.csv line 2:")
    assert column in message
