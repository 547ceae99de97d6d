"""What was told stays until it would be told otherwise, and never longer."""

import json
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest

from queue_server.domain.clinic.clinic import Department, DepartmentQueue
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.explanation import Reason, WaitPart
from queue_server.domain.waits.forecast import forecast
from queue_server.domain.waits.pace import Learned
from queue_server.domain.waits.wording import Shown, WaitWords
from queue_server.services.waits.telling import DepartmentForecast, Telling, ToldWait
from tests.clinics import MORNING

NOBODY = DepartmentQueue(Department("GEN", "G", {"en": "General"}, id=1), 1, (), (), (), ())
WHY = (WaitPart(Reason.LINE, 1_500.0, 4), WaitPart(Reason.SLOW, 240.0))
#: Told in minutes, told as wide, run out within ten minutes, and told by the clock for the first four of them.
WAITS = [Wait(1_000, 1_740, 2_450), Wait(200, 1_800, 3_700), Wait(10, 200, 500), Wait(3_850, 4_300, 5_000)]


def standing(at: datetime, closes: datetime | None = None) -> DepartmentForecast:
    """The forecast of a department at this moment of the morning."""
    time_of_day_s = 10 * 3_600 + (at - MORNING).total_seconds()
    return DepartmentForecast(NOBODY, at, None, forecast([], [], Learned()), None, time_of_day_s, closes)


@pytest.mark.parametrize("wait", WAITS)
def test_at_each_moment_it_is_told_as_by_somebody_who_has_forgotten_what_was_told(wait: Wait) -> None:
    shown = Shown(wait, MORNING, WHY)
    telling, moments = Telling(shown), [standing(MORNING + timedelta(seconds=s)) for s in range(0, 2_000, 3)]

    told = [telling.told(moment) for moment in moments]

    assert told == [moment.told(shown) for moment in moments]
    assert len(set(told)) > 3


def test_it_is_worked_out_again_only_when_a_rounded_figure_of_it_moves() -> None:
    asked: list[float] = []

    class Asked(DepartmentForecast):
        def told(self, shown: Shown) -> ToldWait:
            asked.append((self.made_at - shown.at).total_seconds())
            return super().told(shown)

    telling = Telling(Shown(WAITS[0], MORNING, WHY))
    for seconds in range(1, 102, 5):
        moment = standing(MORNING + timedelta(seconds=seconds))
        telling.told(Asked(*(getattr(moment, field.name) for field in fields(moment))))

    # The high end passes 40 minutes after 50 seconds, the likely value the half after 90, the low end 15 after 100.
    assert asked == [1, 51, 91, 101]


def test_who_is_told_the_same_shares_its_text() -> None:
    one, other = (Telling(Shown(WAITS[0], MORNING, WHY)).told(standing(MORNING)) for _ in range(2))

    assert one is other
    assert json.loads(one.text) == one.view
    assert one.text == json.dumps(one.view, separators=(",", ":"))


def test_it_is_late_as_soon_as_the_department_closes_earlier() -> None:
    telling, later = Telling(Shown(WAITS[0], MORNING, WHY)), standing(MORNING, MORNING + timedelta(hours=1))

    open_longer = telling.told(later)
    closes_early = telling.told(replace(later, closes=MORNING + timedelta(minutes=20)))

    assert (open_longer.is_late, closes_early.is_late) == (False, True)
    assert closes_early.view["late"] is True


def test_a_clock_that_was_put_back_is_asked_anew() -> None:
    shown = Shown(WAITS[3], MORNING)
    telling, later = Telling(shown), standing(MORNING + timedelta(minutes=5))

    assert telling.told(later).said.words is not WaitWords.CLOCK
    assert telling.told(standing(MORNING)).said.words is WaitWords.CLOCK
