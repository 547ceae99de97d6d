"""Changes of roles that several use cases make: what a word means, another set of rights, and who logs in anew."""

from __future__ import annotations

from collections.abc import Sequence

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.roles import OwnRole, written
from queue_server.domain.errors import BadInput
from queue_server.domain.form_reading import Problem
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.events import Event
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import role_rows, staff_rows


async def chosen(work: Transaction, word: str) -> tuple[Role, int | None]:
    """The built-in role that a word means, or the base and id of one of the clinic's own. Raises `BadInput`."""
    if word in set(Role):
        return Role(word), None
    for known in await role_rows.roles(work.connection):
        if known.role.name == word:
            return Role(known.role.base), known.id
    raise BadInput("role", f"There is no role {word[:40]!r}.")


async def change_role(work: Transaction, role_id: int, before: OwnRole, made: OwnRole, *, by: Actor) -> None:
    """The role is like this; where that changes something, whoever holds it is logged out."""
    if made == before:
        return
    await role_rows.save_role(work, role_id, made)
    await log_out(work, await role_rows.holders(work.connection, role_id))
    work.record(Event("role_changed", work.now, str(by), data={"role": role_id, **said(made)}))


async def put_roles(work: Transaction, wanted: Sequence[OwnRole], *, by: Actor) -> list[Problem]:
    """The clinic's own roles are these, known by their names; returns what stands against it."""
    present = {known.role.name: known for known in await role_rows.roles(work.connection)}
    problems = []
    for name in sorted(present.keys() - {role.name for role in wanted}):
        if present[name].holders:
            problems.append(Problem("roles", "role_in_use", {"value": name}))
        else:
            await role_rows.remove_role(work, present[name].id)
            work.record(Event("role_removed", work.now, str(by), data={"role": present[name].id, "name": name}))
    for role in wanted:
        if role.name in present:
            await change_role(work, present[role.name].id, present[role.name].role, role, by=by)
        else:
            added = await role_rows.add_role(work, role)
            work.record(Event("role_added", work.now, str(by), data={"role": added, **said(role)}))
    return problems


async def log_out(work: Transaction, staff_ids: list[int]) -> None:
    """No login of these accounts is left."""
    for staff_id in staff_ids:
        await staff_rows.end_sessions(work, staff_id)
    work.touch(sources.SESSIONS)


def said(made: OwnRole) -> dict[str, object]:
    """What the journal says of a role."""
    return {"name": made.name, "rights": written(made)["rights"], "departments": sorted(made.departments)}
