"""What the touch screen shows: the server's view while it is there, else what is known without it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kiosk.keeper.database import Kept
from kiosk.keeper.facts import Department, Facts, Opening
from kiosk.keeper.issuing import FIRST_JOB

#: Of a department's view, what stays true without the server.
_STAYS = ("code", "prefix", "names", "icon", "colour")
#: Of the view itself: where the voices' clips are, and within what reach the buttons must be.
_FURTHER = ("voices", "reach")


def kept_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of the server's view: nothing of the people who wait."""
    departments = [{name: one[name] for name in _STAYS if name in one} for one in view["departments"]]
    further = {name: view[name] for name in _FURTHER if name in view}
    return {"clinic": view["clinic"], "departments": departments, **further}


def own_prints(recent: Sequence[Kept]) -> dict[str, str]:
    """The states of the slips that were printed here, by the ids that the page knows."""
    return {str(FIRST_JOB + kept.sequence): kept.printed or "sent" for kept in recent}


def with_server(view: Mapping[str, Any], prints: Mapping[str, str]) -> dict[str, Any]:
    """The server's view, and the slips of the moments before it came back."""
    return {**view, "prints": {**view.get("prints", {}), **prints}, "is_kept": False}


def without_server(
    kept: Mapping[str, Any], facts: Facts, openings: Mapping[str, Opening], printer: str, prints: Mapping[str, str]
) -> dict[str, Any]:
    """What can be said without the server. How many wait, and how long, nobody knows: it is null."""
    departments = [
        _department(one, facts.departments.get(one["code"]), openings.get(one["code"])) for one in kept["departments"]
    ]
    return {
        **kept,
        "departments": departments,
        "printer": printer,
        "prints": dict(prints),
        "clock_wrong": False,
        "is_kept": True,
    }


def _department(kept: Mapping[str, Any], known: Department | None, opening: Opening | None) -> dict[str, Any]:
    opening = opening if known is not None and opening is not None else Opening("department_closed", "shut")
    return {
        **kept,
        "is_open": opening.is_open,
        "why": opening.why,
        "opens_at": opening.opens_at.strftime("%Y-%m-%dT%H:%M:%SZ") if opening.opens_at else None,
        "waiting": None,
        "wait": None,
        "is_closing": False,
        "away": None,
    }


def frame(data: Mapping[str, Any], revision: int, at: datetime) -> dict[str, Any]:
    """The data as the server's line brings them."""
    return {"type": "view", "topic": "kiosk", "rev": revision, "at": _written(at), "data": data}


def beat(at: datetime) -> dict[str, Any]:
    """A sign of life."""
    return {"type": "beat", "at": _written(at)}


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
