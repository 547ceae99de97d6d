"""The sheet of what was done without the server: the same page for the desk and for the console of a room."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from starlette.responses import Response

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.names import text_in
from queue_server.domain.errors import BadInput
from queue_server.domain.queue.afterwards import (
    MOST_LINES,
    OUTCOMES,
    Line,
    Mistake,
    Sheet,
    Wrong,
    lines_of,
    outcomes,
    short_names,
)
from queue_server.domain.queue.tokens import Action, State
from queue_server.live.view_types import DeskToken, DeskView
from queue_server.web.bodies import LONGEST_KEY, sent_form
from queue_server.web.identity import services
from queue_server.web.pages import Page, language_of, page, say
from queue_server.web.state import Request

#: How the fields of the rows are called: this and the number.
_ROW = "row "


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """Whose sheet it is: a room's console, or the desk's. `here`: its address, `back`: where the way back leads."""

    here: str
    back: str
    title: str
    room: str | None = None
    #: The code of the room's department.
    department: str | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A number that waits or was called. `names`: what else it may be called; `chosen`: what is to be entered."""

    token: DeskToken
    department: str
    names: str
    possible: tuple[Action, ...]
    chosen: str


@dataclass(frozen=True)
class SheetPage(Page):
    """The sheet. `count`: what was checked or, where `is_entered`, done. `mistakes`: what is wrong, in words."""

    template = "shared/afterwards.html"

    place: SheetPlace
    rows: Sequence[SheetRow]
    pasted: str
    key: str
    count: Mapping[str, int] = field(default_factory=dict)
    is_entered: bool = False
    mistakes: Sequence[str] = ()


async def show_sheet(request: Request, place: SheetPlace, by: Actor) -> Response:
    """An empty sheet with everybody who waits or was called."""
    return page(request, SheetPage(place, await _rows(request, place, by, {}), "", _new_key()))


async def take_sheet(request: Request, place: SheetPlace, by: Actor) -> Response:
    """The sheet is checked, and, if the form says so and nothing is wrong with it, entered."""
    chosen, sent = await _sent(request)
    lines = [*(Line(number, action) for number, action in chosen.items()), *lines_of(sent["lines"], _words(request))]
    if len(lines) > MOST_LINES:
        raise BadInput("lines", f"A sheet has at most {MOST_LINES} lines.")
    afterwards, only = services(request).queue.afterwards, by.departments
    if sent["sure"] and lines:
        key = sent["key"][:LONGEST_KEY] or None
        sheet = await afterwards.enter(lines, by=by, only=only, room_code=place.room, key=key)
        if not sheet.mistakes:
            rows = await _rows(request, place, by, {})
            return page(request, SheetPage(place, rows, "", _new_key(), _counted(sheet), is_entered=True))
    else:
        sheet = await afterwards.check(lines, only=only, room_code=place.room)
    mistakes = [_told(request, one) for one in sheet.mistakes]
    if not lines:
        mistakes = [say(request, "Nothing is filled in yet.")]
    rows = await _rows(request, place, by, chosen)
    shown = SheetPage(place, rows, sent["lines"], sent["key"] or _new_key(), _counted(sheet), mistakes=mistakes)
    return page(request, shown, 422 if mistakes else 200)


async def _sent(request: Request) -> tuple[dict[str, Action], dict[str, str]]:
    """What the rows say, number → outcome, and the other fields."""
    async with sent_form(request, max_files=0, max_fields=2 * MOST_LINES) as sent:
        fields = {name: value for name, value in sent.items() if isinstance(value, str)}
    rows = {name.removeprefix(_ROW): value for name, value in fields.items() if name.startswith(_ROW)}
    chosen = {number: Action(value) for number, value in rows.items() if value in set(OUTCOMES.values())}
    return chosen, {name: fields.get(name, "") for name in ("lines", "key", "sure")}


async def _rows(request: Request, place: SheetPlace, by: Actor, chosen: Mapping[str, Action]) -> list[SheetRow]:
    view = cast("DeskView", (await services(request).screens.desk.queues(by.departments)).data)
    language = language_of(request)
    names = {one["code"]: text_in(one["names"], language) for one in view["departments"]}
    return [
        SheetRow(
            token=one,
            department=names.get(one["department"], one["department"]),
            names=" ".join({one["number"].upper(), *short_names(one["number"])}),
            possible=outcomes(State(one["state"])),
            chosen=chosen.get(one["number"], ""),
        )
        for one in view["active"]
        if place.room is None or (one["department"] == place.department and one["room"] in {None, place.room})
    ]


def _counted(sheet: Sheet) -> dict[str, int]:
    return {"attend": sheet.count(Action.ATTEND), "miss": sheet.count(Action.MISS)}


def _new_key() -> str:
    return secrets.token_urlsafe(16)


def _words(request: Request) -> dict[str, Action]:
    """What may stand behind a number, in the reader's language too."""
    own = {say(request, "Attended"): Action.ATTEND, say(request, "Missed"): Action.MISS}
    return {**OUTCOMES, **{word.casefold(): action for word, action in own.items()}}


def _told(request: Request, mistake: Mistake) -> str:
    number = mistake.written[:40]
    if mistake.why is Wrong.OVER:
        return say(request, "%(number)s is not open any more, or stands there already.", number=number)
    sentences = {
        Wrong.UNREADABLE: say(request, "“%(number)s”: please write A or M behind the number.", number=number),
        Wrong.UNKNOWN: say(request, "%(number)s is no number of today.", number=number),
        Wrong.SEVERAL: say(request, "%(number)s could be several numbers. Please write the whole one.", number=number),
        Wrong.TWICE: say(request, "%(number)s stands here twice.", number=number),
        Wrong.ELSEWHERE: say(request, "%(number)s is in another room.", number=number),
    }
    return sentences[mistake.why]
