"""What phones show: computed for many at once, and for each exactly what it would be alone."""

import json
from datetime import timedelta
from typing import get_type_hints

from queue_server.domain.queue.tokens import Action, DutyState, Priority
from queue_server.live.json_views import moment
from queue_server.live.phone_types import PhoneView
from tests.clinics import PROGRAM, Clinic
from tests.services.records.test_documents import add
from tests.statements import statements


async def a_day(clinic: Clinic) -> dict[str, str]:
    """Tokens in every state: what became of them → the link's key."""
    await clinic.on_duty(0, "1")
    made = {what: await clinic.issue() for what in ("attended", "missed", "served", "called", "held", "sent", "first")}
    made["last"] = await clinic.issue()
    await clinic.next()
    await clinic.next()
    await clinic.act(made["missed"], Action.MISS)
    await clinic.next()
    await clinic.act(made["served"], Action.START)
    await clinic.next("2")
    await clinic.act(made["held"], Action.HOLD)
    await clinic.services.queue.calling.transfer(made["sent"].token_id, "LAB", by=PROGRAM)
    await add(clinic, made["attended"])
    return {what: token.key for what, token in made.items()}


async def shown(clinic: Clinic, keys: list[str]) -> list[PhoneView | None]:
    return [json.loads(view.text) if view else None for view in await clinic.services.screens.phones.views(keys)]


async def test_every_phone_shows_what_became_of_its_token(clinic: Clinic) -> None:
    keys = await a_day(clinic)

    views = dict(zip(keys, await shown(clinic, list(keys.values())), strict=True))

    facts = {
        what: (view["state"], view["department"], view["room"], view["ahead"]) for what, view in views.items() if view
    }
    assert facts == {
        "attended": ("attended", "GEN", "1", None),
        "missed": ("missed", "GEN", None, None),
        "served": ("serving", "GEN", "1", None),
        "called": ("called", "GEN", "2", None),
        "held": ("held", "GEN", None, None),
        "sent": ("waiting", "LAB", None, 0),
        "first": ("waiting", "GEN", None, 0),
        "last": ("waiting", "GEN", None, 1),
    }
    assert {what: view["now_serving"] for what, view in views.items() if view and view["now_serving"]} == {
        what: ["G-003", "G-004"] for what in ("missed", "held", "first", "last")
    }
    assert [what for what, view in views.items() if view and "papers" in view] == ["attended"]
    assert [what for what, view in views.items() if view and view["can_return"]] == ["missed"]


async def test_many_phones_show_together_what_each_shows_alone(clinic: Clinic) -> None:
    keys = list((await a_day(clinic)).values())

    together = await shown(clinic, keys)

    assert together == [await clinic.services.screens.token_pages.phone(key) for key in keys]


async def test_the_ready_text_has_every_field_of_the_view_and_is_compact(clinic: Clinic) -> None:
    keys = list((await a_day(clinic)).values())

    views = [view for view in await clinic.services.screens.phones.views(keys) if view]

    sometimes = {"papers", "room_names", "away", "place", "arrive", "arrived"}
    fields = set(get_type_hints(PhoneView)) - sometimes
    assert all(fields <= set(json.loads(view.text)) <= fields | sometimes for view in views)
    assert all(view.text == json.dumps(json.loads(view.text), separators=(",", ":")) for view in views)


async def test_unknown_links_and_those_of_another_day_show_nothing(clinic: Clinic) -> None:
    key = (await clinic.issue()).key

    before = await shown(clinic, ["nowhere", key])
    clinic.clock.forward(hours=24)

    assert [view is None for view in before] == [True, False]
    assert await shown(clinic, [key]) == [None]


async def test_a_token_that_is_called_again_and_given_papers_is_shown_so_though_it_was_shown_before(
    clinic: Clinic,
) -> None:
    await clinic.on_duty(0, "1")
    token = await clinic.issue()
    await clinic.next()
    steps = [await shown(clinic, [token.key])]

    await clinic.services.queue.calling.recall(token.token_id, by=PROGRAM)
    steps.append(await shown(clinic, [token.key]))
    await add(clinic, token)
    steps.append(await shown(clinic, [token.key]))

    assert [(view["calls"], view.get("papers")) for (view,) in steps if view] == [(1, None), (2, None), (2, 1)]


async def test_thousands_of_phones_read_nothing_when_one_is_called(clinic: Clinic) -> None:
    keys = [(await clinic.issue()).key for _ in range(12)]
    await clinic.services.screens.phones.views(keys)
    await clinic.next()
    await clinic.services.clinic.queues.all()

    with statements() as run:
        await clinic.services.screens.phones.views(keys)

    assert run == []


async def test_the_phones_of_a_restarted_server_are_read_together(clinic: Clinic) -> None:
    keys = [(await clinic.issue()).key for _ in range(12)]
    await clinic.services.clinic.queues.all()

    with statements() as run:
        await clinic.services.screens.phones.views(keys)

    assert sum("FROM token" in statement for statement in run) == 1


async def test_a_phone_says_why_it_has_its_place_and_why_nobody_calls(clinic: Clinic) -> None:
    helped, plain = await clinic.issue(priority=Priority.ASSISTED), await clinic.issue()
    keys = [helped.key, plain.key]
    back_at = clinic.clock.now() + timedelta(minutes=30)

    nobody = await shown(clinic, keys)
    await clinic.services.queue.duties.change("1", DutyState.ON_BREAK, doctor=clinic.doctors[0], back_at=back_at)
    on_break = await shown(clinic, keys)
    clinic.clock.forward(hours=1)
    late = await shown(clinic, keys)
    await clinic.on_duty(0, "1")
    there = await shown(clinic, keys)
    await clinic.next("1")
    called = await shown(clinic, keys)

    told = [[view and view.get("away") for view in views] for views in (nobody, on_break, late, there, called)]
    at = moment(back_at)
    assert told == [
        [{"why": "nobody", "at": None}] * 2,
        [{"why": "on_break", "at": at}] * 2,
        [{"why": "late", "at": at}] * 2,
        [None, None],
        [None, None],
    ]
    assert [view and view.get("place") for view in nobody] == [{"reason": "assisted", "minutes": 20, "people": 0}, None]
    assert [view and view.get("place") for view in called] == [None, None]
