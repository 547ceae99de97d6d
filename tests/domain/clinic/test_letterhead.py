"""What stands at the head of papers, as a form sends it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.clinic.letterhead import (
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_SLIP_TEXT,
    MOST_LINES,
    Heading,
    read_heading,
    written,
)
from queue_server.domain.form_reading import Problem, Reader
from tests.domain.clinic.plans import ANYTHING, LANGUAGES, NAMES, WORDS

HEADINGS = st.builds(
    Heading, st.just("") | WORDS, st.lists(WORDS, max_size=MOST_LINES).map(tuple), st.just({}) | NAMES, st.booleans()
)


def read(sent: Any) -> tuple[Heading, dict[str, str]]:
    """The heading, and field → rule of everything that is wrong."""
    problems: list[Problem] = []
    heading = read_heading(Reader(sent, problems), LANGUAGES)
    return heading, {problem.field: problem.rule for problem in problems}


@given(HEADINGS)
def test_a_heading_is_read_as_it_was_written(heading: Heading) -> None:
    assert read(written(heading)) == (heading, {})


def test_empty_lines_and_empty_sentences_are_left_out() -> None:
    heading, problems = read({"lines": "12 Station Road\r\n \r\n Phone  5 ", "slip_texts": {"en": " ", "hi": "नमस्ते"}})

    assert (heading.lines, heading.slip_texts) == (("12 Station Road", "Phone 5"), {"hi": "नमस्ते"})
    assert problems == {}


@pytest.mark.parametrize(
    ("sent", "field", "rule"),
    [
        ({"name": "x" * (LONGEST_NAME + 1)}, "name", "too_long"),
        ({"lines": "x" * (LONGEST_LINE + 1)}, "lines", "too_long"),
        ({"lines": "x\n" * (MOST_LINES + 1)}, "lines", "too_long"),
        ({"slip_texts": {"en": "x" * (LONGEST_SLIP_TEXT + 1)}}, "slip_texts.en", "too_long"),
        ({"slip_texts": {"xx": "?"}}, "slip_texts.xx", "unknown"),
        ({"lines": ["12 Station Road"]}, "lines", "not_text"),
        ({"slip_texts": ["?"]}, "slip_texts", "not_an_object"),
        ({"is_logo_on_slips": "perhaps"}, "is_logo_on_slips", "unknown"),
        ({"logo": "?"}, "logo", "nonsense"),
    ],
)
def test_what_is_too_long_or_unknown_is_told_at_its_field(sent: dict[str, Any], field: str, rule: str) -> None:
    assert read(sent)[1] == {field: rule}


@given(ANYTHING)
def test_what_is_being_typed_can_always_be_drawn(sent: Any) -> None:
    for heading in (read({"lines": sent, "name": sent, "slip_texts": sent})[0], read(sent)[0]):
        assert len(heading.name) <= LONGEST_NAME
        assert len(heading.lines) <= MOST_LINES
        assert all(len(line) <= LONGEST_LINE for line in heading.lines)
        assert all(len(text) <= LONGEST_SLIP_TEXT for text in heading.slip_texts.values())
