"""What there is to know of a kind of resource; the routes and the CapabilityStatement are made from these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.fhir.elements import Resource
from queue_server.fhir.searching import Search
from queue_server.web.state import Request

#: A page of resources, and the cursor for the next one (none at the end).
Found = tuple[list[Resource], int | None]
Finder = Callable[[Request, Search, Actor], Awaitable[Found]]

#: The types of search parameters (search-param-type).
TYPES = {
    "_id": "token",
    "_lastUpdated": "date",
    "date": "date",
    "patient": "reference",
    "status": "token",
    "name": "string",
    "phone": "token",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: the right that it asks for, how it is found, and by what it can be searched for."""

    name: str
    may: May
    find: Finder
    params: tuple[str, ...] = ()


def matching(made: Sequence[Resource], wanted: Search) -> Found:
    """Of a list that is short: those with the ids, else a page; the cursor counts the resources."""
    if wanted.ids:
        return [one for one in made if one["id"] in wanted.ids], None
    end = wanted.after + wanted.count
    return list(made[wanted.after : end]), end if end < len(made) else None
