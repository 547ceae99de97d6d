"""What a search asks for, read from its query. Whatever this server would not heed is refused, not passed over."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from queue_server.domain.errors import BadInput
from queue_server.fhir.answers import base_url, check_format
from queue_server.web.bodies import LARGEST_NUMBER, whole_number
from queue_server.web.state import Request

#: Of every kind of resource. `_after` is the cursor in the link to the next page.
EVERYWHERE = ("_id", "_count", "_after", "_include", "_format", "_pretty")
#: What may stand there more than once.
_REPEATED = frozenset({"date", "_lastUpdated", "_include"})
#: What takes no list of which any may hold. (A status does, and an id.)
_SINGLE = frozenset({"patient", "name", "phone"})
MOST = 500

_MOMENT = re.compile(r"(eq|ge|le|gt|lt)?(\d{4})(?:-(\d\d)(?:-(\d\d)(T.+)?)?)?")
_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Search:
    """A search; what was not asked for is none or empty. `since` and `until` bound the last change, both included."""

    ids: tuple[str, ...] = ()
    count: int = 100
    after: int = 0
    patient: int | None = None
    statuses: frozenset[str] | None = None
    first: date | None = None
    last: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The ids that are numbers; 0, which nothing has, for others."""
        return tuple(map(number, self.ids))


def number(text: str) -> int:
    """The id as a row has it; 0, which no row has, for what is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def read_search(request: Request, known: Collection[str]) -> Search:
    """The search. Raises `BadInput` for a parameter that this kind of resource has not, or that cannot be read."""
    sent = request.query_params
    for name in sent:
        if name not in known and name not in EVERYWHERE:
            has = ", ".join((*known, *EVERYWHERE))
            raise BadInput(name[:40], f"This search has no parameter {name[:40]!r}; it has {has}.")
    _check_once(request)
    first, last = _bounds(sent.getlist("date"), "date")
    since, until = _bounds(sent.getlist("_lastUpdated"), "_lastUpdated")
    return Search(
        ids=_ids(sent["_id"]) if "_id" in sent else (),
        count=whole_number(sent.get("_count"), "_count", lowest=1, highest=MOST, default=100),
        after=whole_number(sent.get("_after"), "_after", lowest=0, highest=LARGEST_NUMBER, default=0),
        patient=_patient(sent["patient"], base_url(request)) if "patient" in sent else None,
        statuses=frozenset(sent["status"].split(",")) if "status" in sent else None,
        first=first.date() if first else None,
        last=last.date() if last else None,
        since=since,
        until=until,
        words=sent.get("name") or sent.get("phone"),
    )


def _check_once(request: Request) -> None:
    """Raises `BadInput` for what is asked twice, or in two ways, of which one would be passed over."""
    sent = request.query_params
    for name in sent:
        if name not in _REPEATED and len(sent.getlist(name)) > 1:
            raise BadInput(name[:40], f"{name[:40]} stands there more than once.")
    for name in _SINGLE & sent.keys():
        if "," in sent[name]:
            raise BadInput(name, f"{name} takes one value; this server searches for one at a time.")
    check_format(request)
    if len(ways := [name for name in ("_id", "name", "phone") if name in sent]) > 1:
        raise BadInput(ways[1], f"Patients are looked for by {ways[0]} or by {ways[1]}, not by both.")


def _ids(text: str) -> tuple[str, ...]:
    found = text.split(",", MOST)
    if len(found) > MOST:
        raise BadInput("_id", f"_id names at most {MOST}.")
    return tuple(dict.fromkeys(found))


def _patient(text: str, base: str) -> int:
    """The patient's id; 0 for a patient of another server, of whom nothing is here."""
    kind, slash, id_ = text.removeprefix(f"{base}/").rpartition("/")
    if slash and not kind.endswith("Patient"):
        raise BadInput("patient", "patient names a Patient, such as Patient/12.")
    return number(id_) if kind in {"", "Patient"} else 0


def _bounds(texts: Collection[str], name: str) -> tuple[datetime | None, datetime | None]:
    """The earliest and the latest moment that all of these allow."""
    since, until = list[datetime](), list[datetime]()
    for text in texts:
        refused = BadInput(name, f"{name} is {text[:30]!r}; it must be a date such as ge2026-11-22.")
        try:
            prefix, begins, ends = _span(text, refused)
            if prefix in {"eq", "ge"}:
                since.append(begins)
            if prefix in {"eq", "le"}:
                until.append(ends)
            if prefix == "gt":
                since.append(ends + _LEAST)
            if prefix == "lt":
                until.append(begins - _LEAST)
        except (ValueError, OverflowError) as error:
            raise refused from error
    return max(since, default=None), min(until, default=None)


def _span(text: str, refused: BadInput) -> tuple[str, datetime, datetime]:
    """The prefix, and the first and last moment of what is written: a year, a month, a day or a moment.

    Raises `refused` for what is no date, `ValueError` and `OverflowError` for one that there is not.
    """
    found = _MOMENT.fullmatch(text.replace(" ", "+"))
    if not found:
        raise refused
    year, month, day = int(found[2]), int(found[3] or 1), int(found[4] or 1)
    if found[5]:
        at = datetime.fromisoformat(f"{found[2]}-{found[3]}-{found[4]}{found[5]}")
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        return found[1] or "eq", at, at + timedelta(seconds=1) - _LEAST
    begins = datetime(year, month, day, tzinfo=UTC)
    last = date(year, int(found[3] or 12), int(found[4] or monthrange(year, int(found[3] or 12))[1]))
    ends = datetime(last.year, last.month, last.day, 23, 59, 59, 999999, tzinfo=UTC)
    return found[1] or "eq", begins, ends
