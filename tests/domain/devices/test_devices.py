"""What an enrolled machine is for."""

from __future__ import annotations

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import May, rights_of
from queue_server.domain.devices.devices import DeviceKind


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        (DeviceKind.KIOSK, May.USE_KIOSK),
        (DeviceKind.DISPLAY, May.SEE_BOARD),
        (DeviceKind.AGENT, May.PRINT_SLIPS),
    ],
)
def test_a_machine_may_do_what_it_is_for_and_nothing_that_staff_may(kind: DeviceKind, purpose: May) -> None:
    rights = rights_of(Actor(ActorKind(kind)))

    assert purpose in rights
    assert not rights & {May.RUN_DESK, May.RUN_CLINIC, May.READ_RECORD, May.WORK_IN_ROOM, May.KEEP_ACCOUNT}
