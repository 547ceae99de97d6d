"""The set-up as a file: to keep, and to bring back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.forms import words
from queue_server.admin.layout import framed
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, TooLarge
from queue_server.services.clinic.configuration_file import BadFile
from queue_server.web.bodies import file_content, sent_form
from queue_server.web.body_limits import FILES, in_words
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, say
from queue_server.web.state import Request

PATH = "/admin/set-up-file"


@dataclass(frozen=True)
class SetUpFilePage(Page):
    """The set-up as a file. `lines`: line, field and sentence of what was wrong with the `text` that was sent."""

    template = "admin/set_up_file.html"

    lines: Sequence[tuple[int, str, str]] = ()
    text: str = ""
    is_done: bool = False


async def set_up_file(request: Request) -> Response:
    """How to keep it, and how to bring it back."""
    by = await allowed(request, May.RUN_CLINIC)
    return framed(request, by, SetUpFilePage(is_done="done" in request.query_params))


async def export(request: Request) -> Response:
    """The file."""
    await allowed(request, May.RUN_CLINIC)
    headers = {"Content-Disposition": 'attachment; filename="smart-queue-set-up.json"', "Cache-Control": "no-store"}
    return Response(await services(request).clinic.configuration.export(), 200, headers, "application/json")


async def load(request: Request) -> Response:
    """The clinic is as the file says, or nothing has changed and every bad line is named."""
    by = await allowed(request, May.RUN_CLINIC)
    try:
        text = await _text(request)
    except TooLarge:
        sentence = say(request, "The file is too large: at most %(largest)s.", largest=in_words(FILES[PATH]))
        return framed(request, by, SetUpFilePage([(1, "", sentence)]), 413)
    try:
        await services(request).clinic.configuration.load(text, by=by)
    except BadFile as error:
        lines = [(line, problem.field, words(request, problem)) for line, problem in error.lines]
        return framed(request, by, SetUpFilePage(lines, text), 422)
    return RedirectResponse(f"{PATH}?done=1", 303)


async def _text(request: Request) -> str:
    """The chosen file, or what was pasted. Raises `BadInput` for what is no text."""
    async with sent_form(request, max_files=1, max_fields=4, max_part_size=FILES[PATH]) as data:
        file, pasted = data.get("file"), data.get("text", "")
        if content := await file_content(request, file):
            try:
                return content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise BadInput("file", say(request, "This is not a text file.")) from error
        return pasted if isinstance(pasted, str) else ""


routes: list[BaseRoute] = [
    Route(PATH, set_up_file),
    Route(PATH, load, methods=["POST"]),
    Route(f"{PATH}/download", export),
]
