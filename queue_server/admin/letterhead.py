"""The letterhead of papers, and what slips say besides; both shown as they will be printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin import forms
from queue_server.admin.forms import Typed
from queue_server.admin.languages import asked_for, missing
from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.clinic.letterhead import written
from queue_server.domain.errors import BadFields, BadInput, ChangedMeanwhile, NotFound, TooLarge
from queue_server.live.json_views import Json
from queue_server.locale import LANGUAGES
from queue_server.papers import LANGUAGES as PAPER_LANGUAGES
from queue_server.papers.words import words
from queue_server.web.bodies import file_content, sent_form
from queue_server.web.body_limits import FILES, in_words
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, say
from queue_server.web.state import Request

PATH = "/admin/letterhead"
_LARGEST_LOGO = FILES[f"{PATH}/logo"]


@dataclass(frozen=True)
class LetterheadPage(Page):
    """The letterhead's form. The pictures are `shown_in` a language; the logo's size is in bytes."""

    template = "admin/letterhead.html"

    typed: Typed
    labels: dict[str, str]
    clinic: str
    has_logo: bool
    is_saved: bool
    #: Code and name.
    paper_languages: list[tuple[str, str]]
    shown_in: str
    largest_logo: int
    largest_in_words: str
    #: The languages in which the slip's sentence is asked for, code and name.
    asked: dict[str, str]
    #: The fields of that sentence that are missing beside others.
    missing: set[str]


async def letterhead(request: Request) -> Response:
    """What is set, and how it looks."""
    by = await allowed(request, May.KEEP_PAPERS)
    heading = await services(request).clinic.letterheads.heading()
    return await _page(request, by, forms.shown(written(heading)))


async def save(request: Request) -> Response:
    """Papers and slips have this heading from now on."""
    by = await allowed(request, May.KEEP_PAPERS)
    typed = await forms.sent(request)
    known = services(request).clinic.letterheads
    try:
        await known.save(_plan(typed.values), forms.seen(typed), by=by)
    except (BadFields, ChangedMeanwhile) as error:
        return await _page(request, by, forms.refused(request, typed, error, written(await known.heading())))
    return RedirectResponse(f"{PATH}?saved=1", 303)


async def save_logo(request: Request) -> Response:
    """Save the picture as the logo."""
    by = await allowed(request, May.KEEP_PAPERS)
    known = services(request).clinic.letterheads
    try:
        await known.save_logo(await _uploaded(request), by=by)
    except (BadInput, TooLarge) as error:
        typed = forms.refused(request, forms.shown(written(await known.heading())), error)
        typed.error = ""
        typed.errors["logo"] = _refusal(request, error)
        return await _page(request, by, typed)
    return RedirectResponse(f"{PATH}?saved=1", 303)


async def remove_logo(request: Request) -> Response:
    """Papers and slips have no logo."""
    await services(request).clinic.letterheads.remove_logo(by=await allowed(request, May.KEEP_PAPERS))
    return RedirectResponse(f"{PATH}?saved=1", 303)


async def paper_picture(request: Request) -> Response:
    """A sample prescription with what is set or, where the form was sent, being typed."""
    await allowed(request, May.KEEP_PAPERS)
    previews = services(request).devices.previews
    return _picture(await previews.prescription(await _being_typed(request), request.query_params.get("in", "en")))


async def slip_picture(request: Request) -> Response:
    """A sample slip with what is set, or being typed. Raises `NotFound` without a department."""
    await allowed(request, May.KEEP_PAPERS)
    language = request.query_params.get("in", "en")
    drawn = await services(request).devices.previews.slip(
        await _being_typed(request), language if language in LANGUAGES else "en"
    )
    if not drawn:
        raise NotFound("There is no department yet, so no slip either.")
    return _picture(drawn)


async def _being_typed(request: Request) -> Json:
    """What the form says, before it is saved; empty for a picture of what is set."""
    return _plan((await forms.sent(request)).values) if request.method == "POST" else {}


async def _page(request: Request, by: Actor, typed: Typed) -> Response:
    language = request.query_params.get("in", language_of(request))
    shown = LetterheadPage(
        typed=typed,
        labels={"name": say(request, "Name on papers"), "lines": say(request, "Lines below the name")},
        clinic=(await services(request).clinic.queues.clinic()).name,
        has_logo=await services(request).clinic.letterheads.has_logo(),
        is_saved="saved" in request.query_params,
        paper_languages=[(code, words(code)["name"]) for code in PAPER_LANGUAGES],
        shown_in=language if language in PAPER_LANGUAGES else "en",
        largest_logo=_LARGEST_LOGO,
        largest_in_words=in_words(_LARGEST_LOGO),
        asked=await asked_for(request, typed, "slip_texts"),
        missing=await missing(request, typed, "slip_texts"),
    )
    return framed(request, by, shown, typed.status)


async def _uploaded(request: Request) -> bytes:
    """The picture that was sent. Raises `BadInput` without one, `TooLarge`."""
    async with sent_form(request, max_files=1, max_fields=2) as data:
        content = await file_content(request, data.get("logo"))
    if not content:
        raise BadInput("logo", "No picture was sent.")
    return content


def _plan(sent: Any) -> Json:
    """What the form says; a box that is not ticked is not sent."""
    plan: Json = {name: str(sent.get(name, "")) for name in ("name", "lines")}
    plan["slip_texts"] = {code: str(sent.get(f"slip_texts.{code}", "")) for code in LANGUAGES}
    return plan | {"is_logo_on_slips": sent.get("is_logo_on_slips") in {"yes", "True", "true"}}


def _refusal(request: Request, error: BadInput | TooLarge) -> str:
    if isinstance(error, TooLarge):
        return say(
            request,
            "This file is too large: a logo has at most %(largest)s. Make the picture smaller and try again.",
            largest=in_words(_LARGEST_LOGO),
        )
    return say(request, "This is not a PNG or JPEG picture, or it has more than 12 million pixels.")


def _picture(png: bytes) -> Response:
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})


routes: list[BaseRoute] = [
    Route(PATH, letterhead),
    Route(PATH, save, methods=["POST"]),
    Route(f"{PATH}/logo", save_logo, methods=["POST"]),
    Route(f"{PATH}/logo/remove", remove_logo, methods=["POST"]),
    Route(f"{PATH}/paper.png", paper_picture),
    Route(f"{PATH}/paper.png", paper_picture, methods=["POST"]),
    Route(f"{PATH}/slip.png", slip_picture),
    Route(f"{PATH}/slip.png", slip_picture, methods=["POST"]),
]
