"""Own roles: a clinic gives a name to some of the rights of a doctor or of the desk, and to where they hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from queue_server.domain.access.rights import May
from queue_server.domain.form_reading import Reader

LONGEST_NAME = 40
#: So many roles are more than anybody keeps apart.
MOST_ROLES = 50


class Base(StrEnum):
    """Whose work a role is: it decides where its holders appear. Nobody has a part of an administrator's."""

    DOCTOR = "doctor"
    DESK = "desk"


#: A role of the clinic's own is not called like one that everybody knows.
_BUILT_IN = frozenset({"admin", "doctor", "desk"})
#: What a department can be named for.
_AT_DESK = frozenset({May.RUN_DESK, May.RESET_PINS, May.MERGE_PATIENTS, May.DELETE_TOKENS})
_AT_CONSOLE = frozenset(
    {May.SEE_ROOM, May.OPEN_CONSOLE, May.WORK_IN_ROOM, May.READ_RECORD, May.WRITE_RECORDS},
)
#: What concerns the whole clinic, so that no department can bound it.
WHOLE_CLINIC = frozenset(
    {May.SEE_CLINIC, May.KEEP_PLACES, May.KEEP_ROSTER, May.KEEP_PAPERS, May.KEEP_SCREENS, May.SEE_FIGURES}
)
#: What a role may hold. Accounts, roles, keys of programs, settings and patients' records for a stated reason are left
#: out: whoever has one of these could have all.
GRANTABLE: Mapping[Base, frozenset[May]] = {
    Base.DOCTOR: _AT_CONSOLE | _AT_DESK | WHOLE_CLINIC,
    Base.DESK: _AT_DESK | WHOLE_CLINIC | {May.SEE_ROOM},
}
#: What everybody of the staff may do, whatever the role.
ALWAYS = frozenset({May.KEEP_ACCOUNT, May.SEE_BOARD})
#: A right → those without which it would be of no use.
_NEEDS: Mapping[May, frozenset[May]] = {
    May.RESET_PINS: frozenset({May.RUN_DESK}),
    May.MERGE_PATIENTS: frozenset({May.RUN_DESK}),
    May.DELETE_TOKENS: frozenset({May.RUN_DESK}),
    May.OPEN_CONSOLE: frozenset({May.SEE_ROOM}),
    May.WORK_IN_ROOM: frozenset({May.OPEN_CONSOLE, May.SEE_ROOM}),
    May.READ_RECORD: frozenset({May.OPEN_CONSOLE, May.SEE_ROOM}),
    May.WRITE_RECORDS: frozenset({May.OPEN_CONSOLE, May.SEE_ROOM, May.WORK_IN_ROOM, May.READ_RECORD}),
}


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A named role. `departments` are codes; with none the rights hold everywhere."""

    name: str
    base: Base
    rights: frozenset[May]
    departments: frozenset[str] = frozenset()

    def holds(self, may: May) -> bool:
        """Whether the role has the right; never one that no role can have, whatever was stored."""
        return may in ALWAYS or (may in self.rights and may in GRANTABLE[self.base])

    def is_for(self, department: str) -> bool:
        """Whether the role's rights hold in the department with this code."""
        return not self.departments or department in self.departments


@dataclass(frozen=True, slots=True)
class KnownRole:
    """A role that the clinic has, and how many accounts hold it."""

    id: int
    role: OwnRole
    holders: int = 0


def read_role(reader: Reader, departments: Collection[str]) -> OwnRole:
    """A role as it was sent; its rights come with those that they need. `departments`: the codes of the clinic's."""
    reader.known("name", "base", "rights", "departments")
    name = reader.text("name", LONGEST_NAME)
    if name.casefold() in _BUILT_IN:
        reader.wrong("name", "in_use", value=name)
    base = Base(reader.choice("base", [base.value for base in Base], Base.DESK))
    sent = reader.choices("rights", [word_of(may) for may in May if may in GRANTABLE[base]])
    rights = with_needed(May[word.upper()] for word in sent)
    if not rights:
        reader.wrong("rights", "required")
    chosen = frozenset(reader.choices("departments", departments))
    if chosen and rights & WHOLE_CLINIC:
        reader.wrong("departments", "whole_clinic")
    return OwnRole(name, base, rights, chosen)


def with_needed(rights: Iterable[May]) -> frozenset[May]:
    """The rights, and those without which they would be of no use."""
    chosen = frozenset(rights)
    return chosen.union(*(_NEEDS.get(may, frozenset()) for may in chosen))


def written(role: OwnRole) -> dict[str, object]:
    """The role as forms and files have it; `read_role` reads it."""
    return {
        "name": role.name,
        "base": role.base.value,
        "rights": [word_of(may) for may in May if may in role.rights],
        "departments": sorted(role.departments),
    }


def word_of(may: May) -> str:
    """The right's word in forms, files and the database: `run_desk`. It never changes, unlike the sentence."""
    return may.name.lower()
