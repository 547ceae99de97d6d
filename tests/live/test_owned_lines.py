"""Whose lines are open is known without looking through all of them."""

from __future__ import annotations

from queue_server.live.owned_lines import OwnedLines
from queue_server.live.topic_names import TopicKind
from tests.live.harness import Watcher


def test_an_owner_is_there_until_the_last_of_their_lines_has_ended() -> None:
    owned, first, second = OwnedLines(), Watcher(owner="device:7"), Watcher(owner="device:7")
    owned.add(first, TopicKind.BOARD)
    owned.add(second, TopicKind.ROOM)

    owned.remove(first)
    assert owned.owners() == {"device:7"}

    owned.remove(second)
    assert owned.owners() == set()


def test_lines_of_a_kind_can_be_spared() -> None:
    owned, board, room = OwnedLines(), Watcher(owner="session:12"), Watcher(owner="session:12")
    owned.add(board, TopicKind.BOARD)
    owned.add(room, TopicKind.ROOM)

    assert owned.of("session:12", spare=(TopicKind.BOARD,)) == [room]
    assert owned.of("session:13") == []
