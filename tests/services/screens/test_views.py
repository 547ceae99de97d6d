"""The scripts' types of what the server sends are those of the server."""

import subprocess
import sys
from typing import Any, get_type_hints

from queue_server.domain.queue.tokens import LIVE, Action
from queue_server.domain.queue.transitions import is_possible
from queue_server.live.view_types import BoardView, CallView, DepartmentView, DoctorView, EntryView, RoomView
from tests.clinics import Clinic
from tests.processes import ROOT


def fields(view: type) -> set[str]:
    return set(get_type_hints(view))


def test_the_scripts_know_the_views_as_the_server_makes_them() -> None:
    command = [sys.executable, str(ROOT / "scripts/views"), "--check"]

    assert subprocess.run(command, check=False).returncode == 0, "run scripts/views"


async def test_a_console_is_sent_every_field_and_no_other(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    await clinic.issue()
    await clinic.issue()
    await clinic.next()

    view: dict[str, Any] = dict((await clinic.services.screens.boards.room("1")).data)

    assert set(view) == fields(RoomView)
    assert set(view["current"]) == set(view["waiting"][0]) == fields(EntryView)


async def test_a_display_is_sent_every_field_and_no_other(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    await clinic.issue()
    await clinic.next()

    view: dict[str, Any] = dict((await clinic.services.screens.boards.board("main")).data)

    assert set(view) == fields(BoardView)
    assert set(view["calls"][0]) == fields(CallView)
    assert set(view["departments"][0]) == fields(DepartmentView)
    assert set(view["doctors"][0]) == fields(DoctorView)


async def test_the_console_is_told_what_may_be_done_in_each_state(clinic: Clinic) -> None:
    view: dict[str, Any] = dict((await clinic.services.screens.boards.room("1")).data)

    told = {(state, action) for state, actions in view["actions"].items() for action in actions}
    assert told == {(s, a) for s in LIVE for a in set(Action) - {Action.EXPIRE} if is_possible(s, a)}


async def test_next_is_the_first_who_is_not_kept_for_another_doctor(clinic: Clinic) -> None:
    for doctor, room in enumerate(("1", "2")):
        await clinic.on_duty(doctor, room)
    kept, free = await clinic.issue(), await clinic.issue()
    await clinic.next("1")
    calling = clinic.services.queue.calling
    await calling.transfer(kept.token_id, "LAB", by=clinic.doctors[0], returning=True, room_code="1")
    await clinic.next("3")
    await clinic.act(kept, Action.ATTEND)

    first, second = [dict((await clinic.services.screens.boards.room(room)).data) for room in ("1", "2")]

    assert (first["next"], second["next"]) == (kept.token_id, free.token_id)
