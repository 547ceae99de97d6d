"""The one table of words, and what becomes of digits and dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from queue_server.domain.people.patients import Sex
from queue_server.domain.queue.tokens import Priority, State
from queue_server.domain.queue.visits import Moment
from queue_server.domain.records.documents import DocumentKind
from queue_server.domain.records.records import Food
from queue_server.fhir.codes import ACT_PRIORITY, DOCUMENT, ENCOUNTER, FOOD, GENDER, TASK, TASK_PRIORITY, history
from queue_server.fhir.elements import decimal, encoded, period

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def test_every_word_of_ours_has_one_of_fhir() -> None:
    assert set(ENCOUNTER) == set(TASK) == set(State)
    assert set(TASK_PRIORITY) == set(ACT_PRIORITY) == set(Priority)
    assert (set(GENDER), set(DOCUMENT), set(FOOD)) == (set(Sex), set(DocumentKind), set(Food))


def test_a_decimal_keeps_every_digit() -> None:
    amounts = [Decimal("1.10"), Decimal("12345678901234567.89"), Decimal("0.000001")]

    assert encoded({"values": amounts}) == '{"values":[1.10,12345678901234567.89,0.000001]}'
    assert (decimal(Fraction(1, 2)), decimal(Fraction(3)), decimal(Fraction(1, 3))) == (
        Decimal("0.5"),
        Decimal(3),
        None,
    )


def test_an_end_in_another_department_is_no_end_of_the_visit() -> None:
    states = [State.WAITING, State.CALLED, State.SERVING, State.ATTENDED, State.CALLED, State.ATTENDED]
    moments = tuple(Moment(NOW + timedelta(minutes=place), state) for place, state in enumerate(states))

    said = [(word, begun.at.minute - 30, end.at.minute - 30 if end else None) for word, begun, end in history(moments)]

    assert said == [
        ("arrived", 0, 1),
        ("in-progress", 1, 3),
        ("arrived", 3, 4),
        ("in-progress", 4, 5),
        ("finished", 5, None),
    ]


def test_a_clock_that_was_put_back_makes_no_period_that_ends_before_it_begins() -> None:
    assert period(NOW, NOW - timedelta(hours=1)) == {"start": "2026-11-22T04:30:00Z", "end": "2026-11-22T04:30:00Z"}
