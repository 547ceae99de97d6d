"""`_include`: what a search may bring along with what it finds, and where a resource names it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import authorise
from queue_server.domain.errors import BadInput
from queue_server.fhir.elements import Resource
from queue_server.fhir.kind import Kind
from queue_server.fhir.searching import MOST, Search
from queue_server.web.state import Request


@dataclass(frozen=True, slots=True)
class Include:
    """A search parameter whose references can be followed: the element that holds them, and the kinds they lead to."""

    path: str
    kinds: tuple[str, ...]


_PATIENT, _VISIT = Include("subject", ("Patient",)), Include("encounter", ("Encounter",))
_OWN, _ROOM = Include("managingOrganization", ("Organization",)), Include("location", ("Location",))

#: Kind → parameter, with R4's names. Looks have none: to be told who looked shall be no look at all those records.
INCLUDES: Mapping[str, Mapping[str, Include]] = {
    "HealthcareService": {"location": _ROOM, "organization": Include("providedBy", ("Organization",))},
    "Location": {"organization": _OWN},
    "PractitionerRole": {
        "practitioner": Include("practitioner", ("Practitioner",)),
        "location": _ROOM,
        "service": Include("healthcareService", ("HealthcareService",)),
        "organization": Include("organization", ("Organization",)),
    },
    "Patient": {"organization": _OWN},
    "Encounter": {
        "patient": _PATIENT,
        "subject": _PATIENT,
        "location": Include("location.location", ("Location",)),
        "practitioner": Include("participant.individual", ("Practitioner",)),
        "service-provider": Include("serviceProvider", ("Organization",)),
    },
    "Task": {
        "focus": Include("focus", ("Encounter",)),
        "encounter": _VISIT,
        "patient": Include("for", ("Patient",)),
        "subject": Include("for", ("Patient",)),
        "owner": Include("owner", ("HealthcareService",)),
    },
    "MedicationRequest": {
        "patient": _PATIENT,
        "subject": _PATIENT,
        "encounter": _VISIT,
        "requester": Include("requester", ("Practitioner",)),
    },
    "Composition": {
        "patient": _PATIENT,
        "subject": _PATIENT,
        "encounter": _VISIT,
        "author": Include("author", ("Practitioner",)),
        "entry": Include("section.entry", ("MedicationRequest", "DocumentReference")),
    },
    "DocumentReference": {
        "patient": _PATIENT,
        "subject": _PATIENT,
        "encounter": Include("context.encounter", ("Encounter",)),
        "author": Include("author", ("Practitioner",)),
        "custodian": Include("custodian", ("Organization",)),
    },
}


def includes_of(kind: str) -> list[str]:
    """What `_include` of the kind takes: `Encounter:patient`."""
    return [f"{kind}:{name}" for name in INCLUDES.get(kind, {})]


def read_includes(kind: str, sent: Sequence[str]) -> list[Include]:
    """What is to be brought along with a kind. Raises `BadInput` for what the table has not."""
    found = []
    for text in dict.fromkeys(sent):
        source, _, rest = text.partition(":")
        name, _, target = rest.partition(":")
        known = INCLUDES.get(kind, {}).get(name) if source == kind else None
        if known is None or (target and target not in known.kinds):
            can = ", ".join(includes_of(kind)) or "nothing"
            raise BadInput("_include", f"{text[:60]!r} is not to be had here; {can} can be included.")
        found.append(Include(known.path, (target,)) if target else known)
    return found


async def included(
    request: Request, found: Collection[Resource], wanted: Sequence[Include], kinds: Mapping[str, Kind], by: Actor
) -> list[Resource]:
    """What the resources name at these places, each once and none that was found itself.

    Raises `NotAllowed` unless the asker may read every kind that it asks for.
    """
    ids: dict[str, dict[str, None]] = {}
    for include in wanted:
        for name in include.kinds:
            authorise(by, kinds[name].may)
        for kind, id_ in _named(found, include):
            ids.setdefault(kind, {})[id_] = None
    there = {(one["resourceType"], one["id"]) for one in found}
    made = list[Resource]()
    for kind, some in ids.items():
        missing = [id_ for id_ in some if (kind, id_) not in there]
        for start in range(0, len(missing), MOST):
            part = tuple(missing[start : start + MOST])
            made += (await kinds[kind].find(request, Search(ids=part, count=MOST), by))[0]
    return made


def _named(found: Iterable[Resource], include: Include) -> Iterator[tuple[str, str]]:
    """Kind and id of what the resources name."""
    for resource in found:
        for one in _at(resource, include.path.split(".")):
            kind, _, id_ = one.get("reference", "").partition("/")
            if kind in include.kinds:
                yield kind, id_


def _at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Everything at the path, through lists."""
    if isinstance(value, list):
        for one in value:
            yield from _at(one, path)
    elif not path:
        yield value
    elif path[0] in value:
        yield from _at(value[path[0]], path[1:])
