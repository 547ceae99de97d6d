"""Sources and topics: what they are called, and that they are spelled in one place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import AutoString

from queue_server import sources
from queue_server.live import topic_names
from queue_server.live.topic_names import TopicKind, TopicName
from queue_server.storage.tables import RevisionRow

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("queue_server", "kiosk", "display", "doctor_console")
HOMES = {"queue_server/sources.py", "queue_server/live/topic_names.py"}
#: What a name of a source or topic begins with, up to the colon.
KINDS = {"department", "token", "records", "prints", *TopicKind}
SPELLED = re.compile(rf"^({'|'.join(sorted(KINDS))}):")
TAKES_APART = {"partition", "rpartition", "split", "rsplit", "startswith", "removeprefix"}
MAKES = {"Source", "TopicName"}


def test_a_source_fits_its_column_whatever_the_place_is_called() -> None:
    column = RevisionRow.metadata.tables["revision"].columns["source"].type
    assert isinstance(column, AutoString)
    longest = column.length
    assert longest

    every = [sources.department(2**63), sources.token(2**63), sources.records(2**63), sources.prints("प" * 500)]

    assert all(len(source) <= longest and source.isascii() for source in every)


def test_only_a_departments_source_is_a_department() -> None:
    others = [sources.CLINIC, sources.DEVICES, sources.token(3), sources.records(3), sources.prints("department:3")]

    assert sources.department_of(sources.department(3)) == 3
    assert [sources.department_of(source) for source in others] == [None] * len(others)


def test_tokens_without_end_leave_no_revisions_without_end() -> None:
    assert len({sources.token(number) for number in range(10_000)}) == sources.BUCKETS
    assert len({sources.records(number) for number in range(10_000)}) == sources.BUCKETS


@pytest.mark.parametrize("source", [sources.CLINIC, sources.department(3), sources.prints("front desk")])
def test_a_notice_is_heard_as_it_was_given(source: sources.Source) -> None:
    assert sources.heard(sources.NOTICE % (source, 418)) == (source, 418)


@pytest.mark.parametrize("ids", [(), (7,), (12, 7)])
def test_a_notice_of_entries_is_heard_as_it_was_given(ids: tuple[int, ...]) -> None:
    told = sources.ENTRIES_NOTICE % (sources.department(3), 418, sources.ids_told(ids))

    assert sources.entries_heard(told) == (3, 418, frozenset(ids))


@pytest.mark.parametrize(
    "payload", ["", "department:3 418", "department:3 x 1", "token:3 4 1", "department:3 4 1,", "3 4 1"]
)
def test_what_is_no_notice_of_entries_is_not_heard(payload: str) -> None:
    assert sources.entries_heard(payload) is None


@pytest.mark.parametrize("payload", ["", "clinic", "clinic x", "clinic -1", " 5"])
def test_what_is_no_notice_is_not_taken_for_one(payload: str) -> None:
    assert sources.heard(payload) is None


def test_a_topic_says_of_what_kind_it_is_and_of_which_one() -> None:
    board = topic_names.board("wing:b")

    assert (topic_names.kind_of(board), topic_names.key_of(board)) == (TopicKind.BOARD, "wing:b")
    assert (topic_names.kind_of(TopicName("nothing")), topic_names.key_of(TopicName("nothing"))) == ("nothing", "")


def test_a_log_shows_no_phones_secret() -> None:
    assert topic_names.masked(topic_names.token("kJ7-secret-of-the-link")) == "token:kJ7-…"
    assert topic_names.masked(topic_names.room("3")) == "room:3"


def test_sources_and_topics_are_spelled_in_one_place() -> None:
    found = [
        f"{path}:{node.lineno}: {said}"
        for path in sorted(code_files())
        for node, said in spelled(ast.parse((ROOT / path).read_text()))
    ]

    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'work.touch(f"department:{number}")',
        'await show(websocket, "desk:" + name)',
        'kind, _, number = source.partition(":")',
        'is_board = topic.name.startswith("board")',
        'work.touch(Source("clinic"))',
        "hub.touch([sources.Source(text)])",
    ],
)
def test_a_spelling_elsewhere_is_found(code: str) -> None:
    assert len(list(spelled(ast.parse(code)))) == 1


def code_files() -> Iterator[str]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if name not in HOMES:
                yield name


def spelled(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Where a source or topic is written as text, made of a text, or taken apart."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if SPELLED.match(text):
                yield node, text
            case ast.Call(func=func) if last_name(func) in MAKES:
                yield node, ast.unparse(node)
            case ast.Attribute(value=value, attr=attr) if attr in TAKES_APART and words(value) & {"source", "topic"}:
                yield node, ast.unparse(node)


def last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def words(node: ast.expr) -> set[str]:
    return set(re.split(r"\W+", ast.unparse(node)))
