"""The clinic's own medicines, beside the list that comes with the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, TooLarge
from queue_server.domain.records.medicine_files import MOST_ROWS
from queue_server.web.bodies import file_content, path_number, sent_form
from queue_server.web.body_limits import FILES, in_words
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/medicines"


@dataclass(frozen=True)
class MedicinesPage(Page):
    """The clinic's own medicines, and what became of a file.

    `done`: how many were added, and how many were known; `further`: columns not read; `faults`: line, sentence.
    """

    template = "admin/medicines.html"

    own: Sequence[object]
    count: int
    done: tuple[int, int] | None
    further: str = ""
    faults: Sequence[tuple[int, str]] = ()
    largest: str = in_words(FILES[PATH])
    most_rows: int = MOST_ROWS


async def medicines(request: Request) -> Response:
    """What the clinic has added, and the form for more."""
    return await _page(request, await allowed(request, May.KEEP_PAPERS), _just_done(request))


async def _table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    return [(one.generic, one.form, one.strength) for _, one in await services(request).records.medicines.own()]


async def extend(request: Request) -> Response:
    """Add the file's medicines to the list: all of them, or none."""
    by = await allowed(request, May.KEEP_PAPERS)
    try:
        async with sent_form(request, max_files=1, max_fields=2) as data:
            content = await file_content(request, data.get("file"))
        done = await services(request).records.medicines.extend(content, by=by)
    except TooLarge:
        sentence = say(request, "The file is too large: at most %(largest)s.", largest=in_words(FILES[PATH]))
        return await _page(request, by, faults=[(1, sentence)], status=413)
    except BadInput as error:
        if "faults" not in error.details:
            raise
        return await _page(request, by, faults=_faults(request, error), status=422)
    if done.further:
        return await _page(request, by, (done.added, done.known), ", ".join(done.further))
    return RedirectResponse(f"{PATH}?added={done.added}&known={done.known}", 303)


async def remove(request: Request) -> Response:
    """One medicine of the clinic's own is off the list."""
    by = await allowed(request, May.KEEP_PAPERS)
    await services(request).records.medicines.remove(path_number(request, "medicine"), by=by)
    return RedirectResponse(PATH, 303)


async def _page(
    request: Request,
    by: Actor,
    done: tuple[int, int] | None = None,
    further: str = "",
    faults: Sequence[tuple[int, str]] = (),
    status: int = 200,
) -> Response:
    known = services(request).records.medicines
    count = len((await known.all()).medicines)
    return framed(request, by, MedicinesPage(await known.own(), count, done, further, faults), status)


def _just_done(request: Request) -> tuple[int, int] | None:
    """How many medicines the file had that was just sent, new ones and known ones."""
    added, known = (request.query_params.get(name, "") for name in ("added", "known"))
    is_told = all(each.isdecimal() and len(each) < 6 for each in (added, known))
    return (int(added), int(known)) if is_told else None


def _faults(request: Request, error: BadInput) -> list[tuple[int, str]]:
    """Line and sentence of everything that is wrong with the file."""
    sentences: Mapping[str, str] = {
        "encoding": say(request, "This line is not UTF-8. Save the file as “CSV UTF-8”."),
        "long_file": say(request, "A file has at most %(most)s lines.", most=MOST_ROWS),
        "empty": say(request, "The file contains no medicine."),
        "text": say(request, "This is not a text file."),
        "quotes": say(request, "The quotation marks in this line do not match."),
        "headings": say(request, "The first line must name the columns: generic, form, strength."),
        "cells": say(request, "This line has more cells than there are columns."),
        "name": say(request, "The name of the medicine is missing."),
        "form": say(request, "The form (tablet, syrup …) is missing."),
        "converted": say(request, "A spreadsheet has changed a strength into a date or number. Please type it again."),
        "long": say(request, "A word in this line is too long, or cannot be printed."),
    }
    faults: Any = error.details["faults"]
    return [(fault["line"], sentences[fault["code"]]) for fault in faults]


routes: list[BaseRoute] = [
    Route(PATH, medicines),
    table_route(f"{TABLES}/medicines", May.KEEP_PAPERS, "The clinic's own", ("Medicine", "Form", "Strength"), _table),
    Route(PATH, extend, methods=["POST"]),
    Route(f"{PATH}/{{medicine:int}}/remove", remove, methods=["POST"]),
]
