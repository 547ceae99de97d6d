"""Lists to take away: as CSV, or as an Excel file, whichever is asked for. No text is ever a formula."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Sequence

from starlette.responses import Response
from starlette.routing import Route

from queue_server.analytics.report import Section, plain
from queue_server.analytics.workbook import as_xlsx
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.web.identity import allowed
from queue_server.web.pages import say
from queue_server.web.state import Request

#: Where the lists of the administration's pages are.
TABLES = "/admin/tables"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: A list's rows, in the reader's words, for whoever may see its page.
Rows = Callable[[Request, Actor], Awaitable[Sequence[tuple[str, ...]]]]

#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table_route(path: str, may: May, title: str, headings: tuple[str, ...], rows: Rows) -> Route:
    """The list of a page as a file, named by the path's last part; `title` and `headings` are texts."""

    async def answer(request: Request) -> Response:
        found = await rows(request, await allowed(request, may))
        name = path.rsplit("/", 1)[1]
        words = tuple(say(request, heading) for heading in headings)
        return await table_answer(request, name, [plain(name, say(request, title), words, found)])

    return Route(path, answer)


async def table_answer(request: Request, name: str, sections: Iterable[Section]) -> Response:
    """The tables as a file of this name (plain letters, no ending): CSV, or Excel's with `?as=xlsx`."""
    kind = "xlsx" if request.query_params.get("as") == "xlsx" else "csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    if kind == "xlsx":
        return Response(await asyncio.to_thread(as_xlsx, sections), media_type=XLSX, headers=headers)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return Response("\ufeff" + as_csv(sections), media_type="text/csv; charset=utf-8", headers=headers)


def as_csv(sections: Iterable[Section]) -> str:
    """The tables one below the other, each under its title where there are several."""
    written = io.StringIO()
    writer = csv.writer(written)
    many = list(sections)
    for place, section in enumerate(many):
        if place:
            writer.writerow([])
        if len(many) > 1:
            writer.writerow([section.title])
        writer.writerow([_cell(heading) for heading in section.headings])
        writer.writerows([_cell(cell) for cell in row] for row in section.rows)
    return written.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
