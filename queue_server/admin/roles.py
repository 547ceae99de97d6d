"""Roles of the clinic's own: a list, a form for each, and who gets which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin import forms
from queue_server.admin.forms import Typed
from queue_server.admin.layout import framed
from queue_server.admin.rooms import department_options
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.access.roles import GRANTABLE, WHOLE_CLINIC, Base, KnownRole, word_of, written
from queue_server.domain.errors import BadFields, StillInUse
from queue_server.web.bodies import path_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, say
from queue_server.web.state import Request
from queue_server.web.tables import TABLES, table_route

PATH = "/admin/roles"
LISTS = ("rights", "departments")

#: Words and label of each right, and the fieldset in which it stands.
Rights = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class RolesPage(Page):
    """Every role of the clinic's own, and a form for one more."""

    template = "admin/roles.html"

    roles: Sequence[KnownRole]
    #: The words of a right → its label.
    labels: dict[str, str]
    typed: Typed
    choices: Rights
    #: Code and name.
    departments: list[tuple[str, str]]


@dataclass(frozen=True)
class RolePage(Page):
    """The form of one role, by its id."""

    template = "admin/role.html"

    role: int
    name: str
    typed: Typed
    choices: Rights
    departments: list[tuple[str, str]]


async def roles(request: Request) -> Response:
    """Every role, and a form for one more."""
    return await _list(request, await allowed(request, May.RUN_CLINIC), Typed({"base": Base.DESK.value}))


async def add(request: Request) -> Response:
    """One more role."""
    by = await allowed(request, May.RUN_CLINIC)
    typed = await forms.sent(request, lists=LISTS)
    try:
        await services(request).people.roles.add(typed.values, by=by)
    except BadFields as error:
        return await _list(request, by, _refused(request, typed, error))
    return RedirectResponse(PATH, 303)


async def edit(request: Request) -> Response:
    """The form of one role."""
    by = await allowed(request, May.RUN_CLINIC)
    role_id = path_number(request, "role")
    return await _form(request, by, role_id, Typed(written(await services(request).people.roles.one(role_id))))


async def save(request: Request) -> Response:
    """Save the role; whoever has it is logged out."""
    by = await allowed(request, May.RUN_CLINIC)
    role_id, typed = path_number(request, "role"), await forms.sent(request, lists=LISTS)
    try:
        await services(request).people.roles.change(role_id, typed.values, by=by)
    except BadFields as error:
        return await _form(request, by, role_id, _refused(request, typed, error))
    return RedirectResponse(PATH, 303)


async def remove(request: Request) -> Response:
    """The role is gone, unless somebody has it."""
    by = await allowed(request, May.RUN_CLINIC)
    role_id = path_number(request, "role")
    try:
        await services(request).people.roles.remove(role_id, by=by)
    except StillInUse as error:
        typed = forms.refused(request, Typed(written(await services(request).people.roles.one(role_id))), error)
        typed.error = say(request, "Somebody has this role. Give these accounts another one first.")
        return await _form(request, by, role_id, typed)
    return RedirectResponse(PATH, 303)


def right_labels(request: Request) -> dict[str, str]:
    """The words of each right that a role may hold → what a person reads."""
    labels = {
        May.RUN_DESK: say(request, "Work at the desk: give out numbers, find and change tokens"),
        May.RESET_PINS: say(request, "Give patients a new PIN"),
        May.MERGE_PATIENTS: say(request, "Merge two records of one patient"),
        May.DELETE_TOKENS: say(request, "Delete tokens"),
        May.SEE_ROOM: say(request, "See who waits for a room"),
        May.OPEN_CONSOLE: say(request, "Open the doctor console"),
        May.WORK_IN_ROOM: say(request, "Take a room and call patients"),
        May.READ_RECORD: say(request, "Read the records of patients in the own room"),
        May.WRITE_RECORDS: say(request, "Write prescriptions and certificates"),
        May.SEE_CLINIC: say(request, "See the clinic today"),
        May.SEE_FIGURES: say(request, "See analytics and the accuracy of waits"),
        May.KEEP_PLACES: say(request, "Change departments and rooms"),
        May.KEEP_ROSTER: say(request, "Change the duty roster and holidays"),
        May.KEEP_PAPERS: say(request, "Change certificates, medicines and the letterhead"),
        May.KEEP_SCREENS: say(request, "Change displays and devices"),
    }
    return {word_of(may): words for may, words in labels.items()}


async def _table(request: Request, by: Actor) -> list[tuple[str, ...]]:
    labels, names = right_labels(request), dict(await department_options(request))
    return [
        (
            *(one.role.name, "; ".join(labels[word_of(may)] for may in May if may in one.role.rights)),
            ", ".join(names.get(code, code) for code in sorted(one.role.departments)) or say(request, "All"),
            str(one.holders),
        )
        for one in await services(request).people.roles.everything()
    ]


def _fieldsets(request: Request) -> Rights:
    labels, doctors = right_labels(request), GRANTABLE[Base.DOCTOR] - GRANTABLE[Base.DESK]
    parts = [
        (say(request, "At the desk"), GRANTABLE[Base.DESK] - WHOLE_CLINIC),
        (say(request, "At the doctor console (only for a role like a doctor)"), doctors),
        (say(request, "For the whole clinic (only for a role without chosen departments)"), WHOLE_CLINIC),
    ]
    return [(title, [(word_of(may), labels[word_of(may)]) for may in May if may in part]) for title, part in parts]


def _refused(request: Request, typed: Typed, error: BadFields) -> Typed:
    """The form again; of a right that the role cannot hold it is said why."""
    refused = forms.refused(request, typed, error)
    rules: dict[str, Any] = {problem.field: problem.rule for problem in error.problems}
    if rules.get("rights") == "unknown":
        refused.errors["rights"] = say(request, "Rights at the doctor console need a role like a doctor.")
    if rules.get("rights") == "required":
        refused.errors["rights"] = say(request, "Please choose at least one right.")
    if rules.get("departments") == "whole_clinic":
        refused.errors["departments"] = say(
            request, "This role has a right for the whole clinic, so it cannot be for some departments only."
        )
    return refused


async def _list(request: Request, by: Actor, typed: Typed) -> Response:
    known = await services(request).people.roles.everything()
    options = await department_options(request)
    shown = RolesPage(known, right_labels(request), typed, _fieldsets(request), options)
    return framed(request, by, shown, typed.status)


async def _form(request: Request, by: Actor, role_id: int, typed: Typed) -> Response:
    name = (await services(request).people.roles.one(role_id)).name
    shown = RolePage(role_id, name, typed, _fieldsets(request), await department_options(request))
    return framed(request, by, shown, typed.status)


_ONE = f"{PATH}/{{role:int}}"

routes: list[BaseRoute] = [
    Route(PATH, roles),
    table_route(f"{TABLES}/roles", May.RUN_CLINIC, "Roles", ("Name", "Rights", "Departments", "Accounts"), _table),
    Route(PATH, add, methods=["POST"]),
    Route(_ONE, edit),
    Route(_ONE, save, methods=["POST"]),
    Route(f"{_ONE}/remove", remove, methods=["POST"]),
]
