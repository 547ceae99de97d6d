"""Each rule of the history can be broken: by hand-made histories that differ from a good one in one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from queue_server.domain.queue.events import GENESIS, Event, seal
from queue_server.domain.queue.ordering import OrderRules
from tests.chaos.history.checking import RULES, violations
from tests.chaos.history.recorded import (
    Answer,
    Deed,
    DisplaySeen,
    History,
    PhoneSeen,
    Rules,
    SlipSeen,
    StandingToken,
)
from tests.chaos.history.replaying import Replay
from tests.clinics import MORNING

CLINIC = Rules(ZoneInfo("Asia/Kolkata"), time(4), {"GEN": 1, "LAB": 2}, {1: OrderRules(), 2: OrderRules()})
KIOSK, DOCTOR = "kiosk:1", "program:1"


def line(kind: str, minute: int, token: int, actor: str = DOCTOR, department: int = 1, **data: object) -> Event:
    """A line of a token's, so many minutes after ten."""
    data = {"number": f"G-00{token}", **data}
    return Event(kind, MORNING + timedelta(minutes=minute), actor, token, department, data)


def issued(token: int, priority: str = "normal") -> Event:
    """The token's first line, at the minute of its id."""
    return line("issue", token, token, KIOSK, priority=priority)


def called(minute: int, token: int, room: str = "1") -> Event:
    """A doctor has pressed "next"; the call's id is the minute."""
    return line("call", minute, token, state="called", room=room, call_id=minute, doctor=None)


#: Two come, and are called; the first is seen, sent to the laboratory and back; a third waits.
MORNING_S_LINES = (
    issued(1),
    issued(2),
    issued(3),
    called(10, 1),
    line("start", 11, 1, state="serving"),
    line("transfer", 12, 1, state="transferred", to="LAB"),
    line("join", 12, 1, department=2, state="waiting"),
    called(13, 2),
    line("call", 14, 1, department=2, state="called", room="3", call_id=14, doctor=None),
    line("attend", 15, 1, department=2, state="attended"),
    line("requeue", 15, 1, state="waiting", came_back=True),
    line("miss", 16, 2, state="missed"),
    called(16, 1),
    line("undo", 17, 1, state="waiting", undone="call"),
    line("undo", 17, 2, state="called", undone="call"),
    line("miss", 18, 2, state="missed"),
    called(18, 1),
    line("requeue", 19, 2, state="waiting"),
)


def a_good_history(*lines: Event) -> History:
    """The morning's lines and further ones, with everything else as it must be."""
    history = History(CLINIC)
    rewrite(history, [*MORNING_S_LINES, *lines])
    history.deeds = [Deed(KIOSK, "issue", answers=[Answer(201, token, f"G-00{token}")]) for token in (1, 2, 3)]
    calls = [one for one in history.journal if one[1].kind == "call"]
    history.deeds += [
        Deed(DOCTOR, "call_next", answers=[Answer(200, one.token_id, f"G-00{one.token_id}")]) for _, one, _ in calls
    ]
    history.deeds += [
        Deed(DOCTOR, "start", 1, answers=[Answer(200, 1, "G-001"), Answer(200, 1, "G-001")]),
        Deed(DOCTOR, "transfer", 1, answers=[Answer(503), Answer(200, 1, "G-001")]),
        Deed(DOCTOR, "start", 3, answers=[Answer(409)]),
    ]
    history.displays = [DisplaySeen("display 0", [10, 13, 14, 18], last="all", truth="all")]
    history.phones = [PhoneSeen(2, ["waiting", "called", "missed", "waiting"], "waiting")]
    history.slips = [SlipSeen(1, "G-001", None), SlipSeen(1, "G-001", None), SlipSeen(2, "G-001", "COPY 2")]
    history.taken.update(["a message", "another"])
    history.trespasses = [("nobody at the desk", 401)]
    states = {1: "called", 2: "waiting", 3: "waiting"}
    history.tokens = [StandingToken(one, f"G-00{one}", "GEN", "2026-11-22", state) for one, state in states.items()]
    return history


def rewrite(history: History, lines: list[Event]) -> None:
    """The journal holds these lines, sealed one after the other."""
    previous, sealed = GENESIS, []
    for number, one in enumerate(lines, start=1):
        previous = seal(number, one, previous)
        sealed.append((number, one, previous))
    history.journal, history.head = sealed, (len(sealed), previous)


def test_a_good_history_is_found_good() -> None:
    assert violations(a_good_history()) == []


def test_whoever_another_doctor_has_sent_on_may_come_back_to_that_one() -> None:
    other = "program:8"
    lines = [
        issued(1),
        issued(2),
        line("call", 10, 1, state="called", room="1", call_id=1, doctor=7),
        line("call", 11, 2, other, state="called", room="2", call_id=2, doctor=8),
        line("transfer", 12, 1, other, state="transferred", to="LAB"),
        line("join", 12, 1, other, department=2, state="waiting"),
        line("call", 14, 1, department=2, state="called", room="3", call_id=3, doctor=None),
        line("attend", 15, 1, department=2, state="attended"),
        line("requeue", 15, 1, state="waiting", came_back=True),
        issued(16),
        line("attend", 17, 2, other, state="attended"),
        line("call", 17, 1, other, state="called", room="2", call_id=4, doctor=8),
    ]
    replay = Replay(CLINIC.orders)

    for number, one in enumerate(lines, start=1):
        replay.play(number, one)

    assert replay.problems == []


def a_number_twice(history: History) -> None:
    rewrite(history, [*MORNING_S_LINES[:2], replace(issued(3), data={"number": "G-002", "priority": "normal"})])


def another_number_told(history: History) -> None:
    history.deeds[0].answers = [Answer(201, 1, "G-009")]


def another_day(history: History) -> None:
    history.tokens[0] = replace(history.tokens[0], service_day="2026-11-21")


def a_deed_lost(history: History) -> None:
    history.deeds.append(Deed(DOCTOR, "hold", 3, answers=[Answer(200, 3, "G-003")]))


def a_key_with_two_effects(history: History) -> None:
    rewrite(history, [*MORNING_S_LINES, issued(4)])


def a_refusal_with_an_effect(history: History) -> None:
    history.deeds[-3].answers = [Answer(409)]


def an_attendance_lost(history: History) -> None:
    history.deeds.append(Deed(DOCTOR, "attend", 3, answers=[Answer(200, 3, "G-003")]))


def another_token_the_second_time(history: History) -> None:
    history.deeds[0].answers.append(Answer(201, 2, "G-002"))


def no_answer_at_all(history: History) -> None:
    history.deeds.append(Deed(KIOSK, "issue", sent=40, answers=[Answer(503)]))


def an_error_of_the_server(history: History) -> None:
    history.surprises.append("kiosk:1 issue was answered 500")


def a_token_gone(history: History) -> None:
    del history.tokens[1]


def a_state_of_its_own(history: History) -> None:
    history.tokens[2] = replace(history.tokens[2], state="held")


def a_step_that_is_not_possible(history: History) -> None:
    rewrite(history, [*MORNING_S_LINES, line("resume", 20, 3, state="waiting")])


def a_state_that_does_not_follow(history: History) -> None:
    rewrite(history, [*MORNING_S_LINES[:4], line("start", 11, 1, state="held")])


def somebody_passed_over(history: History) -> None:
    rewrite(history, [*MORNING_S_LINES[:3], called(10, 2)])


def somebody_in_need_passed_over(history: History) -> None:
    rewrite(history, [issued(1), issued(2, "assisted"), called(10, 1)])


def a_missed_one_called_too_early(history: History) -> None:
    rewrite(history, [*MORNING_S_LINES, line("attend", 20, 1, state="attended"), called(20, 2)])


def two_in_a_room(history: History) -> None:
    rewrite(history, [issued(1), issued(2), called(10, 1), called(11, 2)])


def one_in_two_rooms(history: History) -> None:
    rewrite(history, [issued(1), issued(2), called(10, 1), called(11, 1, room="2")])


def a_line_changed(history: History) -> None:
    number, one, digest = history.journal[3]
    history.journal[3] = (number, replace(one, actor="program:9"), digest)


def the_last_line_gone(history: History) -> None:
    history.journal.pop()


def a_call_never_seen(history: History) -> None:
    history.displays[0].calls.remove(13)


def calls_seen_in_another_order(history: History) -> None:
    history.displays[0].calls = [13, 10, 14, 18]


def a_display_that_stays_behind(history: History) -> None:
    history.displays[0].last = "most"


def a_display_that_never_came_back(history: History) -> None:
    history.displays[0].last = history.displays[0].truth = None


def a_phone_that_stays_behind(history: History) -> None:
    history.phones[0].states.pop()


def a_state_that_never_was(history: History) -> None:
    history.phones[0].states.insert(1, "held")


def two_slips_without_a_mark(history: History) -> None:
    history.slips.append(SlipSeen(3, "G-001", None))


def a_message_twice(history: History) -> None:
    history.taken["a message"] += 1


def a_door_open(history: History) -> None:
    history.trespasses.append(("nobody at /kiosk/tokens", 201))


Spoil = Callable[[History], None]
SPOILT: dict[str, tuple[Spoil, ...]] = {
    "numbers are given once": (a_number_twice, another_number_told),
    "days are the clinics own": (another_day,),
    "deeds are kept once": (a_deed_lost, a_key_with_two_effects, a_refusal_with_an_effect, an_attendance_lost),
    "repeated answers are the same": (another_token_the_second_time,),
    "everybody is answered in the end": (no_answer_at_all, an_error_of_the_server),
    "tokens stand where the journal says": (a_token_gone, a_state_of_its_own),
    "steps are legal and in order": (
        *(a_step_that_is_not_possible, a_state_that_does_not_follow, somebody_passed_over),
        *(somebody_in_need_passed_over, a_missed_one_called_too_early, two_in_a_room),
    ),
    "one room at a time": (one_in_two_rooms,),
    "journal is whole": (a_line_changed, the_last_line_gone),
    "displays see every call in order": (
        *(a_call_never_seen, calls_seen_in_another_order),
        *(a_display_that_stays_behind, a_display_that_never_came_back),
    ),
    "phones see true states": (a_phone_that_stays_behind, a_state_that_never_was),
    "only one slip of a number is unmarked": (two_slips_without_a_mark,),
    "messages are sent once": (a_message_twice,),
    "nobody acts without the right": (a_door_open,),
}


@pytest.mark.parametrize(("rule", "spoil"), [(rule, spoil) for rule, spoils in SPOILT.items() for spoil in spoils])
def test_a_history_with_one_thing_wrong_is_told_by_its_rule(rule: str, spoil: Spoil) -> None:
    history = a_good_history()

    spoil(history)

    assert rule in {found.split(":")[0] for found in violations(history)}


def test_every_rule_has_a_history_that_breaks_it() -> None:
    assert {rule.__name__.replace("_", " ").strip() for rule in RULES} | {"one room at a time"} == SPOILT.keys()
