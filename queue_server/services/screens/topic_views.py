"""Which view each topic of the live line shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from queue_server.domain.errors import NotFound
from queue_server.live import topic_names
from queue_server.live.topic_names import TopicKind, TopicName
from queue_server.live.topics import ReadyView, View
from queue_server.services.devices.printing import Printing
from queue_server.services.records.medical_history import MedicalHistories
from queue_server.services.screens.boards import Boards
from queue_server.services.screens.dashboard import Dashboard
from queue_server.services.screens.desk import Desk
from queue_server.services.screens.phones import Phones


class Topics:
    """The view of a topic, computed when it is asked for."""

    def __init__(
        self,
        boards: Boards,
        desk: Desk,
        dashboard: Dashboard,
        phones: Phones,
        printing: Printing,
        histories: MedicalHistories,
    ) -> None:
        self._boards = boards
        self._desk = desk
        self._phones = phones
        self._views: Mapping[str, Callable[[str], Awaitable[View]]] = {
            TopicKind.BOARD: boards.board,
            TopicKind.ROOM: boards.room,
            TopicKind.DASHBOARD: lambda _: dashboard.view(),
            TopicKind.KIOSK: lambda key: boards.kiosk(int(key)),
            TopicKind.AGENT: lambda key: printing.agent(int(key)),
            TopicKind.HISTORY: lambda key: histories.live(int(key)),
        }

    async def render_phones(self, topics: Sequence[TopicName]) -> list[ReadyView | None]:
        """What these phones show now; none where there is no such token today."""
        return await self._phones.views([topic_names.key_of(topic) for topic in topics])

    async def render(self, topic: TopicName) -> View | None:
        """What the topic shows now; none when there is no such topic."""
        kind = topic_names.kind_of(topic)
        try:
            if kind == TopicKind.DESK:
                departments = topic_names.departments_of(topic)
                return await (self._boards.desk() if departments is None else self._desk.queues(departments))
            return await self._views[kind](topic_names.key_of(topic)) if kind in self._views else None
        except NotFound:
            return None
