"""The administration's front page: the clinic today."""

from typing import Any

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.queue.tokens import Action, DutyState
from queue_server.live.dashboard_types import DashboardView
from tests.clinics import Clinic
from tests.services.screens.test_views import fields


async def shown(clinic: Clinic) -> Any:
    return (await clinic.services.screens.dashboard.view()).data


async def test_it_shows_every_department_with_what_became_of_its_patients(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    tokens = [await clinic.issue() for _ in range(5)]
    await clinic.next()
    await clinic.next()
    await clinic.act(tokens[1], Action.MISS)
    await clinic.next()

    view = await shown(clinic)

    general = view["departments"][0]
    counts = {name: general[name] for name in ("waiting", "called", "attended", "missed", "longest")}
    assert set(view) == fields(DashboardView)
    assert counts == {"waiting": 2, "called": 1, "attended": 1, "missed": 1, "longest": "G-004"}
    assert [one["number"] for one in view["longest"]] == ["G-004", "G-005"]
    assert general["since"] == view["longest"][0]["since"]


async def test_it_names_the_five_who_wait_longest_in_any_department(clinic: Clinic) -> None:
    for department in ("GEN", "LAB", "GEN", "LAB", "GEN", "LAB"):
        await clinic.issue(department)

    longest = (await shown(clinic))["longest"]

    assert [one["number"] for one in longest] == ["G-001", "L-001", "G-002", "L-002", "G-003"]


async def test_it_shows_who_is_on_duty_who_is_late_and_which_screens_are_away(clinic: Clinic) -> None:
    registry = clinic.services.devices.registry
    await registry.who(await registry.add(DeviceKind.KIOSK, "Entrance", "entrance"))
    await registry.add(DeviceKind.AGENT, "Printer", "entrance")
    await clinic.on_duty(0, "1")
    await clinic.issue()
    await clinic.services.queue.duties.change(
        "2", DutyState.ON_BREAK, doctor=clinic.doctors[1], back_at=clinic.clock.now().replace(hour=23)
    )
    await shown(clinic)
    clinic.clock.forward(minutes=3)

    view = await shown(clinic)

    assert [(one["room"], one["state"], one["is_late"]) for one in view["doctors"]] == [
        ("1", "on_duty", False),
        ("2", "on_break", False),
    ]
    assert [(one["name"], one["is_away"], one["printer"]) for one in view["devices"]] == [
        ("Printer", False, "unknown"),
        ("Entrance", True, None),
    ]
    assert view["troubles"] == [{"kind": "kiosk_away", "name": "Entrance"}]
    assert (view["backup"], view["has_backups"], view["key_copied"], view["refused"]) == (None, False, True, 0)
