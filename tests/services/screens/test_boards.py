"""What a wall is sent: everything that can be seen or heard there now, and no words beside it."""

from typing import Any

from display.announcing import announcement
from queue_server.domain.access.actors import Actor, ActorKind
from tests.clinics import Clinic

DOER = Actor(ActorKind.ADMIN, 1, "Boss")


async def wall(clinic: Clinic) -> dict[str, Any]:
    return dict((await clinic.services.screens.boards.board("main")).data)


async def test_words_are_sent_with_a_call_while_it_can_still_be_announced(clinic: Clinic) -> None:
    for _ in range(2):
        await clinic.issue()
    await clinic.next()
    clinic.clock.forward(seconds=151)
    await clinic.next("2")

    calls = (await wall(clinic))["calls"]

    assert [(call["number"], call["say"]) for call in calls] == [
        ("G-001", []),
        ("G-002", announcement("G-002", "2", ["en", "hi"])),
    ]


async def test_a_call_that_a_slow_clock_takes_for_young_has_its_words(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.next()
    clinic.clock.forward(seconds=125)

    (call,) = (await wall(clinic))["calls"]

    assert len(call["say"]) == 2


async def test_names_are_sent_in_the_languages_of_the_wall(clinic: Clinic) -> None:
    await clinic.services.clinic.displays.add({"name": "hall", "languages": ["en"]}, by=DOER)

    hall = dict((await clinic.services.screens.boards.board("hall")).data)

    assert set(hall["departments"][0]["names"]) == {"en"}  # type: ignore[index]
    assert set((await wall(clinic))["departments"][0]["names"]) == {"en", "hi"}
