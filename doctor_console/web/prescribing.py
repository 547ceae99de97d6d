"""Writing prescriptions and certificates: drafts as they are typed, signing, and what makes it quick."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import Missing, RecordKind
from queue_server.domain.records.suggestions import suggested
from queue_server.services.records.drafts import content_of
from queue_server.web.bodies import LARGEST_NUMBER, Body, idempotency_key, parsed, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request

Edit = Annotated[int, Field(strict=True, ge=0, le=LARGEST_NUMBER)]

#: The longest search; nobody types more for a medicine.
LONGEST_QUERY = 80


class At(Body):
    """Where the draft stood when the window last heard of it; 0: there was none."""

    edit: Edit


class Signed(At):
    """What is signed, and what the doctor knows to be missing on it."""

    without: list[Missing] = Field(default_factory=list)


class Registration(Body):
    """The doctor's registration number, for the papers."""

    registration: Annotated[str, Field(max_length=64)]


class Draft(At):
    """A draft as it stands in the window's fields."""

    content: Any


class Correction(Body):
    """The signed version that is to be corrected."""

    record: Annotated[int, Field(strict=True, ge=1, le=LARGEST_NUMBER)]


class Template(Body):
    """What the doctor usually prescribes for a diagnosis."""

    diagnosis: str
    content: Any


class Favourite(Body):
    """A line for the favourites."""

    line: Any


async def recent(request: Request) -> Response:
    """The doctor's patients of today, and what is written for them."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    return JSONResponse({"patients": await services(request).records.drafts.recent(by=doctor)})


async def show(request: Request) -> Response:
    """Everything that is needed for writing for this patient."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    token, kind = _place(request)
    opened = await services(request).records.drafts.open(token, kind, by=doctor)
    return JSONResponse(opened, background=BackgroundTask(services(request).records.signing.prepare))


async def save(request: Request) -> Response:
    """Keep the draft as it is typed; the answer says what each line means so far."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    token, kind = _place(request)
    asked = await parsed(request, Draft)
    content = content_of(kind, asked.content)
    edit = await services(request).records.drafts.save(token, kind, asked.edit, content, by=doctor)
    lines = await services(request).records.medicines.check(content) if isinstance(content, Typed) else []
    return JSONResponse({"edit": edit, "lines": lines})


async def check(request: Request) -> Response:
    """What each line of a draft means, without keeping anything."""
    await allowed(request, May.WRITE_RECORDS)
    content = content_of(RecordKind.PRESCRIPTION, (await parsed(request, Draft)).content)
    lines = await services(request).records.medicines.check(content) if isinstance(content, Typed) else []
    return JSONResponse({"lines": lines})


async def discard(request: Request) -> Response:
    """Throw the draft away."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    token, kind = _place(request)
    await services(request).records.drafts.discard(token, kind, (await parsed(request, At)).edit, by=doctor)
    return JSONResponse({})


async def correct(request: Request) -> Response:
    """Begin the next version of what was signed."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    token, kind = _place(request)
    asked = await parsed(request, Correction)
    await services(request).records.drafts.correct(token, kind, asked.record, by=doctor)
    return JSONResponse(await services(request).records.drafts.open(token, kind, by=doctor))


async def sign(request: Request) -> Response:
    """Make the draft final; the patient has it from now on."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    token, kind = _place(request)
    asked = await parsed(request, Signed)
    signing, key = services(request).records.signing, idempotency_key(request)
    return JSONResponse(await signing.sign(token, kind, asked.edit, by=doctor, without=asked.without, key=key))


async def register(request: Request) -> Response:
    """Keep the doctor's registration number, where none is known."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    await services(request).people.staffing.add_registration(
        (await parsed(request, Registration)).registration, by=doctor
    )
    return JSONResponse({})


async def preview(request: Request) -> Response:
    """What the certificate would say if it were signed now."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    token, kind = _place(request)
    if kind is not RecordKind.CERTIFICATE:
        raise HTTPException(404)
    asked = await parsed(request, At)
    return JSONResponse(await services(request).records.signing.preview(token, asked.edit, by=doctor))


async def search(request: Request) -> Response:
    """The medicines that are meant by a few letters, best first."""
    await allowed(request, May.WRITE_RECORDS)
    known = await services(request).records.medicines.all()
    found = known.search(request.query_params.get("q", "")[:LONGEST_QUERY])
    return JSONResponse({"medicines": [asdict(medicine) for medicine in found]})


async def favourites(request: Request) -> Response:
    """The doctor's own favourites and templates, and what is common in the `department` of the address."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    own = await services(request).records.favourites.of(doctor)
    asked = request.query_params.get("department")
    icon = next((one.icon for one in await services(request).clinic.queues.departments() if one.code == asked), "")
    common = suggested(icon, [one["line"]["generic"] for one in own["favourites"]])
    return JSONResponse({**own, "suggested": [asdict(medicine) for medicine in common]})


async def add_favourite(request: Request) -> Response:
    """One more favourite; the answer holds all of them."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    sent = content_of(RecordKind.PRESCRIPTION, {"lines": [(await parsed(request, Favourite)).line]})
    line = sent.lines[0] if isinstance(sent, Typed) else TypedLine()
    await services(request).records.favourites.add(line, by=doctor)
    return JSONResponse(await services(request).records.favourites.of(doctor))


async def remove_favourite(request: Request) -> Response:
    """One favourite less; the answer holds all of them."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    await services(request).records.favourites.remove(path_number(request, "favourite"), by=doctor)
    return JSONResponse(await services(request).records.favourites.of(doctor))


async def keep_template(request: Request) -> Response:
    """This is what the doctor usually prescribes for the diagnosis; the answer holds all templates."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    asked = await parsed(request, Template)
    content = content_of(RecordKind.PRESCRIPTION, asked.content)
    if isinstance(content, Typed):
        await services(request).records.favourites.keep_regimen(asked.diagnosis, content, by=doctor)
    return JSONResponse(await services(request).records.favourites.of(doctor))


async def remove_template(request: Request) -> Response:
    """One template less; the answer holds all of them."""
    doctor = await allowed(request, May.WRITE_RECORDS)
    await services(request).records.favourites.remove_regimen(path_number(request, "template"), by=doctor)
    return JSONResponse(await services(request).records.favourites.of(doctor))


def _place(request: Request) -> tuple[int, RecordKind]:
    """The token and the kind of the address. Raises the 404 for another kind."""
    kind = request.path_params["kind"]
    if kind not in set(RecordKind):
        raise HTTPException(404)
    return path_number(request, "token"), RecordKind(kind)


_DRAFT = "/doctor/tokens/{token:int}/{kind}"
_OWN = "/doctor/writing"

routes: list[BaseRoute] = [
    Route(_DRAFT, show),
    Route(f"{_DRAFT}/draft", save, methods=["POST"]),
    Route(f"{_DRAFT}/discard", discard, methods=["POST"]),
    Route(f"{_DRAFT}/correct", correct, methods=["POST"]),
    Route(f"{_DRAFT}/preview", preview, methods=["POST"]),
    Route(f"{_DRAFT}/sign", sign, methods=["POST"]),
    Route(f"{_OWN}/recent", recent),
    Route(f"{_OWN}/registration", register, methods=["POST"]),
    Route(f"{_OWN}/medicines", search),
    Route(f"{_OWN}/check", check, methods=["POST"]),
    Route(f"{_OWN}/favourites", favourites),
    Route(f"{_OWN}/favourites", add_favourite, methods=["POST"]),
    Route(f"{_OWN}/favourites/{{favourite:int}}/remove", remove_favourite, methods=["POST"]),
    Route(f"{_OWN}/templates", keep_template, methods=["POST"]),
    Route(f"{_OWN}/templates/{{template:int}}/remove", remove_template, methods=["POST"]),
]
