"""Who works here: add somebody, change what is known, give a new password, close an account, end logins."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, LastAdministrator
from queue_server.domain.people.staff import Staff
from queue_server.live.json_views import Json
from queue_server.services.people.staff_accounts import StaffForm
from queue_server.web.bodies import form, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.own_account import session_rows
from queue_server.web.pages import Page, moment, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/staff"
#: Of the list to take away.
HEADINGS = ("Name", "Login", "Role", "On papers", "Last seen", "State")
FIELDS = ("login", "role", "name", "qualification", "registration")


@dataclass(frozen=True)
class StaffPage(Page):
    """All accounts, and the form for one more. `made`: login, name and password of a new account, shown once."""

    template = "admin/staff.html"

    people: list[Json]
    #: The word and name of each role, the built-in ones first.
    roles: list[tuple[str, str]]
    typed: dict[str, str]
    wrong: dict[str, str]
    made: dict[str, str] | None


@dataclass(frozen=True)
class StaffMemberPage(Page):
    """One account. `password` is a new one, shown once; `error` is about the whole account."""

    template = "admin/staff_member.html"

    one: Staff
    role: str
    roles: list[tuple[str, str]]
    is_own: bool
    sessions: list[Json]
    typed: dict[str, str]
    wrong: dict[str, str]
    password: str
    error: str


async def everybody(request: Request) -> Response:
    """All accounts, and the form for one more."""
    return await _everybody(request, await allowed(request, May.RUN_CLINIC))


async def _table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    closed, first, active = say(request, "closed"), say(request, "first password"), say(request, "Active")
    return [
        (
            *(row["name"], row["login"], row["role_name"], row["papers"], row["seen"] or say(request, "Never")),
            (first if row["must_change"] else active) if row["is_active"] else closed,
        )
        for row in await _rows(request)
    ]


async def add(request: Request) -> Response:
    """One more account; its first password is shown once."""
    by = await allowed(request, May.RUN_CLINIC)
    fields = await form(request, *FIELDS)
    try:
        _, password = await services(request).people.staffing.add(fields["login"], fields["role"], _form(fields), by=by)
    except BadInput as error:
        return await _everybody(request, by, 422, fields, wrong=_wrong(request, error))
    login = fields["login"].strip().lower()
    return await _everybody(request, by, 201, made={"login": login, "name": fields["name"], "password": password})


async def one(request: Request) -> Response:
    """One account."""
    return await _one(request, await allowed(request, May.RUN_CLINIC))


async def change(request: Request) -> Response:
    """Save the account."""
    by = await allowed(request, May.RUN_CLINIC)
    fields = await form(request, *FIELDS)
    try:
        await services(request).people.staffing.change(path_number(request, "staff"), _form(fields), by=by)
    except BadInput as error:
        return await _one(request, by, 422, fields, wrong=_wrong(request, error))
    return RedirectResponse(PATH, 303)


async def give_role(request: Request) -> Response:
    """The account has another role, and is logged out everywhere."""
    by = await allowed(request, May.RUN_CLINIC)
    staff, fields = path_number(request, "staff"), await form(request, "role")
    try:
        await services(request).people.roles.give(staff, fields["role"], by=by)
    except BadInput as error:
        return await _one(request, by, 422, wrong=_wrong(request, error))
    except LastAdministrator:
        last = say(request, "This is the last administrator. Add another one first.")
        return await _one(request, by, 409, error=last)
    return RedirectResponse(f"{PATH}/{staff}", 303)


async def reset_password(request: Request) -> Response:
    """Set a new password, show it once, and end the account's sessions."""
    by = await allowed(request, May.RUN_CLINIC)
    password = await services(request).people.staffing.reset_password(path_number(request, "staff"), by=by)
    return await _one(request, by, password=password)


async def remove_factor(request: Request) -> Response:
    """The phone is lost: the password is enough again."""
    by = await allowed(request, May.RUN_CLINIC)
    staff = path_number(request, "staff")
    await services(request).people.factors.reset(staff, by=by)
    return RedirectResponse(f"{PATH}/{staff}", 303)


async def open_account(request: Request) -> Response:
    """The account may log in again."""
    by = await allowed(request, May.RUN_CLINIC)
    staff = path_number(request, "staff")
    await services(request).people.staffing.set_active(staff, is_active=True, by=by)
    return RedirectResponse(f"{PATH}/{staff}", 303)


async def close_account(request: Request) -> Response:
    """Close the account and end its sessions."""
    by = await allowed(request, May.RUN_CLINIC)
    staff = path_number(request, "staff")
    try:
        await services(request).people.staffing.set_active(staff, is_active=False, by=by)
    except LastAdministrator:
        last = say(request, "This is the last administrator. Add another one first.")
        return await _one(request, by, 409, error=last)
    return RedirectResponse(f"{PATH}/{staff}", 303)


async def end_sessions(request: Request) -> Response:
    """End the account's sessions."""
    by = await allowed(request, May.RUN_CLINIC)
    staff = await services(request).people.staffing.one(path_number(request, "staff"))
    await services(request).people.accounts.end_sessions(staff.id, by=by)
    return RedirectResponse(f"{PATH}/{staff.id}", 303)


async def end_session(request: Request) -> Response:
    """One login of the account is over."""
    by = await allowed(request, May.RUN_CLINIC)
    staff = await services(request).people.staffing.one(path_number(request, "staff"))
    await services(request).people.accounts.end_session(staff.id, request.path_params["mark"], by=by)
    return RedirectResponse(f"{PATH}/{staff.id}", 303)


def _form(fields: dict[str, str]) -> StaffForm:
    return StaffForm(fields["name"], fields["qualification"], fields["registration"])


def _wrong(request: Request, error: BadInput) -> dict[str, str]:
    words = {
        "login": say(request, "This login is in use, or not one word. Please choose another one."),
        "role": say(request, "Please choose a role."),
        "name": say(request, "Please write a name with letters."),
        "qualification": say(request, "This is too long."),
        "registration": say(request, "This is too long."),
    }
    field = str(error.details["field"])
    return {field: words[field]}


async def _everybody(
    request: Request,
    by: Actor,
    status: int = 200,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    made: dict[str, str] | None = None,
) -> Response:
    rows, roles = await _rows(request), await _roles(request)
    shown = StaffPage(rows, roles, typed or dict.fromkeys(FIELDS, ""), wrong or {}, made)
    return framed(request, by, shown, status)


async def _one(
    request: Request,
    by: Actor,
    status: int = 200,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    password: str = "",
    error: str = "",
) -> Response:
    staff = await services(request).people.staffing.one(path_number(request, "staff"))
    known = {name: str(getattr(staff, name)) for name in FIELDS}
    role, roles = await _role_of(request, staff), await _roles(request)
    sessions = await session_rows(request, staff.id, here=by.session)
    shown = StaffMemberPage(
        staff, role, roles, by.id == staff.id, sessions, known | (typed or {}), wrong or {}, password, error
    )
    return framed(request, by, shown, status)


async def _rows(request: Request) -> list[Json]:
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    names, builtin = await _own_roles(request), dict(_builtin(request))
    return [
        {
            "id": person.id,
            "name": person.name,
            "login": person.login,
            "role": person.role,
            "role_name": names[person.role_id] if person.role_id else builtin[person.role],
            "papers": " · ".join(words for words in (person.qualification, person.registration) if words),
            "is_active": person.is_active,
            "must_change": person.must_change,
            "seen": moment(request, seen_at, zone) if seen_at else None,
        }
        for person, seen_at in await known.people.staffing.everybody()
    ]


async def _roles(request: Request) -> list[tuple[str, str]]:
    return [*_builtin(request), *((name, name) for name in (await _own_roles(request)).values())]


async def _role_of(request: Request, one: Staff) -> str:
    """The word of the account's role."""
    return (await _own_roles(request))[one.role_id] if one.role_id else one.role.value


async def _own_roles(request: Request) -> dict[int, str]:
    return {known.id: known.role.name for known in await services(request).people.roles.everything()}


def _builtin(request: Request) -> list[tuple[str, str]]:
    return [
        ("doctor", say(request, "Doctor")),
        ("desk", say(request, "Desk")),
        ("admin", say(request, "Administrator")),
    ]


_ONE = f"{PATH}/{{staff:int}}"

routes: list[BaseRoute] = [
    Route(PATH, everybody),
    table_route(f"{TABLES}/staff", May.RUN_CLINIC, "Staff", HEADINGS, _table),
    Route(PATH, add, methods=["POST"]),
    Route(_ONE, one),
    Route(_ONE, change, methods=["POST"]),
    Route(f"{_ONE}/role", give_role, methods=["POST"]),
    Route(f"{_ONE}/password", reset_password, methods=["POST"]),
    Route(f"{_ONE}/factor/remove", remove_factor, methods=["POST"]),
    Route(f"{_ONE}/sessions/end", end_sessions, methods=["POST"]),
    Route(f"{_ONE}/sessions/{{mark}}/end", end_session, methods=["POST"]),
    Route(f"{_ONE}/open", open_account, methods=["POST"]),
    Route(f"{_ONE}/close", close_account, methods=["POST"]),
]
