"""What phones are sent of a token, field by field; as `view_types`."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from queue_server.domain.clinic.presence import AwayView
from queue_server.domain.queue.ordering import PlaceView
from queue_server.domain.queue.tokens import State
from queue_server.domain.waits.wording import WaitView


class ArriveView(TypedDict):
    """Somebody is not here yet: `until` when the place is kept, once the turn has passed; `late` when it was."""

    until: str | None
    late: bool


class PhoneView(TypedDict):
    """One token on a phone.

    While it waits, so many people are `ahead`; `calls` counts its calls, recalls included; `language` is the one in
    which the token speaks. `now_serving` are the numbers called last, while the patient watches them; `papers` counts
    the documents, if there are any. `room_names` (by language) are there when the room has some. While it waits: `away`
    when nobody calls, `place` unless it goes by arrival. `arrive` until the patient has said to be here, where that is
    needed, and `arrived` from then on while it waits.
    """

    number: str
    state: State
    department: str
    ahead: int | None
    wait: WaitView | None
    room: str | None
    now_serving: list[str]
    can_return: bool
    calls: int
    language: str
    room_names: NotRequired[dict[str, str]]
    papers: NotRequired[int]
    away: NotRequired[AwayView]
    place: NotRequired[PlaceView]
    arrive: NotRequired[ArriveView]
    arrived: NotRequired[bool]


class PhonePage(PhoneView):
    """A token's page on a phone: the frame, and what the page needs of its department and clinic.

    `kept_min`: the minutes for which a place is kept after its turn has passed.
    """

    department_names: dict[str, str]
    icon: str
    colour: str
    clinic: str
    time_zone: str
    kept_min: int


class OwnToken(PhonePage):
    """A token on its owner's page; `key` is that of its link."""

    id: int
    key: str
    is_live: bool
    can_cancel: bool


PHONE_VIEWS: tuple[type, ...] = (ArriveView, PhoneView)
