"""Which view each topic of the live connection shows."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest

from queue_server.domain.devices.devices import DeviceKind
from queue_server.live import topic_names
from queue_server.live.topic_names import DESK_QUEUES, DESK_SLIPS, TopicName
from queue_server.live.topics import View
from queue_server.services import Services
from tests.clinics import Clinic

Shows = Callable[[Services], Awaitable[View]]


@pytest.mark.parametrize(
    ("topic", "shows"),
    [
        (topic_names.board("main"), lambda services: services.screens.boards.board("main")),
        (topic_names.room("1"), lambda services: services.screens.boards.room("1")),
        (topic_names.kiosk(1), lambda services: services.screens.boards.kiosk(1)),
        (topic_names.agent(2), lambda services: services.devices.printing.agent(2)),
        (topic_names.history(7), lambda services: services.records.histories.live(7)),
        (DESK_SLIPS, lambda services: services.screens.boards.desk()),
        (DESK_QUEUES, lambda services: services.screens.desk.queues()),
    ],
)
async def test_each_topic_shows_its_view(clinic: Clinic, topic: TopicName, shows: Shows) -> None:
    await clinic.services.devices.registry.add(DeviceKind.KIOSK, "Kiosk", "entrance")
    await clinic.services.devices.registry.add(DeviceKind.AGENT, "Printer", "entrance")

    assert await clinic.services.screens.topics.render(topic) == await shows(clinic.services)


@pytest.mark.parametrize("topic", ["board:nowhere", "room:99", "kiosk:99", "tree:1", "", "board"])
async def test_a_topic_that_does_not_exist_shows_nothing(clinic: Clinic, topic: str) -> None:
    assert await clinic.services.screens.topics.render(TopicName(topic)) is None


async def test_phones_are_rendered_together_each_its_own(clinic: Clinic) -> None:
    tokens = [await clinic.issue() for _ in range(2)]
    keys = [tokens[1].key, "nobody", tokens[0].key]

    views = await clinic.services.screens.topics.render_phones([topic_names.token(key) for key in keys])

    assert [json.loads(view.text)["number"] if view else None for view in views] == ["G-002", None, "G-001"]
