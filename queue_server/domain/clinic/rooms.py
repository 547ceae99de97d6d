"""Rooms as they are set up: a short code for programs, and a name that people read where a number is not enough."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from queue_server.domain.clinic.names import text_in
from queue_server.domain.form_reading import Reader, clean

#: Of a room: the code by which programs know it, and what stands on its door.
LONGEST_CODE = 12
LONGEST_NAME = 40
#: So many rooms are added at once: each gets a code that none of the others has.
MOST_AT_ONCE = 50

_ROOM_CODE = re.compile(r"[A-Za-z0-9-]+")
#: "Go to room Lab" is not what anybody says; "room A" and "room OPD-3" are.
_WORD = re.compile(r"[A-Za-z]{3,}")


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """A room of a department (its code). People read its name, where it has one; see `queue_server.locale.rooms`."""

    code: str
    department: str
    names: Mapping[str, str] = field(default_factory=dict)


def read_room(reader: Reader, departments: Collection[str], languages: Collection[str]) -> RoomPlan:
    """A room, as it was sent.

    A `name` that does not say its language, as in files and programs of earlier versions, is the English one, which
    stands in for the others; beside `names` it counts for nothing.
    """
    reader.known("code", "department", "name", "names")
    code = reader.text("code", LONGEST_CODE)
    if code and not _ROOM_CODE.fullmatch(code):
        reader.wrong("code", "letters_only")
    name = reader.text("name", LONGEST_NAME, is_required=False)
    names = {"en": name} if name else {}
    if reader.sent.get("names") is not None:
        names = reader.texts("names", LONGEST_NAME, languages)
    return RoomPlan(code, reader.reference("department", departments), names)


def room_of(line: str, taken: Collection[str]) -> dict[str, str]:
    """The code and name of a room that somebody wrote on a line: "3", "Pharmacy window" or "PW = Pharmacy window".

    A name without a code gets one of its first letters and its digits ("PW"), which is not among those `taken`; a word
    ("Pharmacy") is its own code.
    """
    before, equals, after = map(clean, line.partition("="))
    if equals and after:
        return {"code": before, "name": after}
    if len(before) <= LONGEST_CODE and _ROOM_CODE.fullmatch(before):
        return {"code": before, "name": before if _WORD.fullmatch(before) else ""}
    return {"code": _free_code(before, taken), "name": before}


def with_code(sent: Mapping[str, Any], taken: Collection[str]) -> Mapping[str, Any]:
    """What was sent of a room; one with a name and without a code gets a code that is not among those `taken`."""
    names = sent.get("names")
    texts = {code: text for code, text in names.items() if isinstance(text, str)} if isinstance(names, Mapping) else {}
    name = sent.get("name") if names is None else text_in(texts, "en")
    is_named = isinstance(name, str) and clean(name)
    return {**sent, "code": _free_code(str(name), taken)} if is_named and not sent.get("code") else sent


def is_moved(before: RoomPlan, after: RoomPlan | None) -> bool:
    """Whether whoever is in the room would no longer be where they are; another name changes nothing for them."""
    return after is None or (before.code, before.department) != (after.code, after.department)


def _free_code(name: str, taken: Collection[str]) -> str:
    words = re.findall(r"[A-Za-z]+|[0-9]+", name)
    short = "".join(word if word.isdecimal() else word[0].upper() for word in words)[: LONGEST_CODE - 3] or "R"
    return next(code for n in count(1) if (code := short if n == 1 else f"{short}-{n}") not in taken)
