"""At the desk, two records of one patient become one, after a look at both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, ChangedMeanwhile, Conflict, QueueError, UnknownPatient
from queue_server.domain.people.patients import Person
from queue_server.live.list_types import ListedPatient, PersonAtDesk
from queue_server.services.people.merging import Seen
from queue_server.web.bodies import form
from queue_server.web.errors import STATUS, looked_up
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, page, say
from queue_server.web.state import Request

PATH = "/desk/patients/merge"


@dataclass(frozen=True)
class MergePage(Page):
    """Two searches, then which two of the found are one, then both side by side. `done`: the name that is left."""

    template = "desk/merge.html"

    first: str = ""
    second: str = ""
    people: Sequence[PersonAtDesk] = ()
    #: The record that stays and the one that goes, to be compared; `seen` is sent back with the decision.
    pair: Sequence[ListedPatient] = ()
    seen: str = ""
    done: str = ""
    error: str = ""


async def find(request: Request) -> Response:
    """Look for both records, by names or phone numbers."""
    return await _found(request, await _asker(request))


async def merge(request: Request) -> Response:
    """Show both side by side; once that was seen, make one of them."""
    by = await _asker(request)
    fields = await form(request, "kept", "gone", "seen")
    try:
        kept, gone = await _pair(request, fields["kept"], fields["gone"], by)
        seen = json.dumps([kept, gone], sort_keys=True)
        if fields["seen"] != seen:
            return page(request, MergePage(pair=(kept, gone), seen=seen))
        await services(request).people.merging.merge(_seen(kept), _seen(gone), by=by)
    except (BadInput, UnknownPatient, ChangedMeanwhile, Conflict) as error:
        return await _found(request, by, error)
    return page(request, MergePage(done=kept["name"]))


async def _asker(request: Request) -> Actor:
    """Who asks, at the desk: a program with the right has a way of its own, which tells it less."""
    await allowed(request, May.RUN_DESK)
    return await allowed(request, May.MERGE_PATIENTS)


async def _pair(request: Request, kept: str, gone: str, by: Actor) -> tuple[ListedPatient, ListedPatient]:
    if kept == gone:
        raise BadInput("gone", "These are the same record.")
    return await _one(request, kept, by), await _one(request, gone, by)


async def _one(request: Request, text: str, by: Actor) -> ListedPatient:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    return await services(request).screens.lists.patient(number, by=by)


def _seen(one: ListedPatient) -> Seen:
    return Seen(one["id"], Person(one["name"], one["birth_year"], one["sex"], one["language"]))


async def _found(request: Request, by: Actor, error: QueueError | None = None) -> Response:
    first, second = (request.query_params.get(name, "")[:60] for name in ("q", "other"))
    known, found = services(request).screens.desk, dict[int, PersonAtDesk]()
    for text in filter(None, (first.strip(), second.strip())):
        found |= {one["id"]: one for one in (await known.find(text, by=by))["patients"]}
    status, said = (looked_up(STATUS, type(error)), _words(request, error)) if error else (200, "")
    return page(request, MergePage(first, second, list(found.values()), error=said), status)


def _words(request: Request, error: QueueError) -> str:
    if isinstance(error, ChangedMeanwhile):
        return say(request, "This has changed meanwhile. Please look again.")
    if isinstance(error, Conflict):
        return say(request, "Both wait in the same department. End one of these tokens first.")
    return say(request, "Please choose two different records.")


routes: list[BaseRoute] = [Route(PATH, find), Route(PATH, merge, methods=["POST"])]
