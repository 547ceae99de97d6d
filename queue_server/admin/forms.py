"""Forms of the set-up: what was typed is not lost, every problem stands at its field, a conflict says what changed.

A field's name is its path in the plan ("names.en"), so that a problem finds its field by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from queue_server.domain.clinic.names import text_in
from queue_server.domain.errors import BadFields, BadInput, ChangedMeanwhile, QueueError, StillInUse
from queue_server.domain.form_reading import Problem, clean
from queue_server.live.json_views import Json
from queue_server.web.bodies import sent_form
from queue_server.web.errors import STATUS, looked_up
from queue_server.web.pages import say
from queue_server.web.state import Request

#: A set-up form has no more fields than this.
MOST_FIELDS = 150


@dataclass
class Typed:
    """A form as it was sent, or as it is first shown: `values` by field, `seen` what the editor started from.

    `errors` has a sentence a field, `error` one for the whole form, `changed` what somebody else did meanwhile.
    """

    values: dict[str, Any]
    seen: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""
    changed: list[Json] = field(default_factory=list)
    status: int = 200

    def text(self, name: str) -> str:
        """What stands in the field."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def in_language(self, name: str, language: str) -> str:
        """What the fields `name.en`, `name.hi` … say to a reader of this language."""
        start = f"{name}."
        texts = {field.removeprefix(start): self.text(field) for field in self.values if field.startswith(start)}
        return text_in(texts, language)

    def list(self, name: str) -> list[str]:
        """The boxes that are ticked."""
        return list(self.values.get(name) or [])


def lines(typed: Typed, name: str) -> list[str]:
    """What was written in the field, a line or a comma apart, without empty ones."""
    return [line for part in typed.text(name).splitlines() for line in map(clean, part.split(",")) if line]


def shown(plan: Mapping[str, Any]) -> Typed:
    """The form as it is first shown for this plan."""
    return Typed(flat(plan), seen=json.dumps(plan, ensure_ascii=False, sort_keys=True))


async def sent(request: Request, *, lists: Collection[str] = ()) -> Typed:
    """The form as it was sent; the fields of `lists` may be sent several times. Raises `BadInput` for a file."""
    async with sent_form(request, max_files=0, max_fields=MOST_FIELDS) as data:
        return _typed(data, lists)


def _typed(data: FormData, lists: Collection[str]) -> Typed:
    if not all(isinstance(value, str) for value in data.values()):
        raise BadInput("body", "A form of the set-up has no files.")
    values: dict[str, Any] = {name: data[name] for name in data if name not in lists and name != "seen"}
    values |= {name: [str(value) for value in data.getlist(name)] for name in lists}
    return Typed(values, seen=str(data.get("seen", "")))


def seen(typed: Typed) -> Json | None:
    """The plan that the editor started from; none when the form does not say."""
    try:
        found = json.loads(typed.seen) if typed.seen else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def refused(request: Request, typed: Typed, error: QueueError, now: Mapping[str, Any] | None = None) -> Typed:
    """The form as it is shown again: with the typed values, and what was wrong. `now` is how the thing stands."""
    typed.status = looked_up(STATUS, type(error))
    if isinstance(error, BadFields):
        typed.errors = {problem.field: words(request, problem) for problem in reversed(error.problems)}
        typed.error = say(request, "Nothing was saved yet. Please correct the marked fields.")
    elif isinstance(error, ChangedMeanwhile) and now is not None:
        typed.changed = list(error.details.get("changed", []))  # type: ignore[call-overload]
        typed.seen = json.dumps(now, ensure_ascii=False, sort_keys=True)
    elif isinstance(error, StillInUse):
        typed.error = still_in_use(request, error)
    else:
        typed.error = error.message
    return typed


def still_in_use(request: Request, error: StillInUse) -> str:
    """Why it cannot be removed now, in the reader's language."""
    details = error.details
    if "waiting" in details:
        count = details["waiting"]
        return say(request, "Tokens still wait there: %(count)s. Let them be called, or transfer them.", count=count)
    if "who" in details:
        return say(request, "%(who)s is there now. Try again when the room is empty.", who=details["who"])
    if "device" in details:
        return say(request, "The device “%(name)s” shows it. Revoke the device first.", name=details["device"])
    return say(request, "This cannot be removed.")


def nested(values: Mapping[str, Any]) -> Json:
    """`{"names.en": "General"}` as `{"names": {"en": "General"}}`."""
    made: Json = {}
    for name, value in values.items():
        inner = made
        *above, last = name.split(".")
        for part in above:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise BadInput(name[:40], "This field does not belong here.")
        inner[last] = value
    return made


def flat(plan: Mapping[str, Any], path: str = "") -> Json:
    """The opposite of `nested`; lists stay as they are."""
    made: Json = {}
    for name, value in plan.items():
        if isinstance(value, Mapping):
            made |= flat(value, f"{path}{name}.")
        else:
            made[f"{path}{name}"] = value
    return made


def words(request: Request, problem: Problem) -> str:
    """The problem in the reader's language."""
    rule, values = problem.rule, problem.values
    sentences = {
        "required": say(request, "Please fill in this field."),
        "too_long": say(request, "At most %(longest)s letters fit here.", longest=values.get("longest", "")),
        "too_many": say(request, "At most %(most)s lines fit here.", most=values.get("most", "")),
        "not_a_number": say(request, "Please enter a whole number."),
        "out_of_range": say(request, "This must be from %(lowest)s to %(highest)s.", **_range(values)),
        "letters_only": say(request, "Only letters and digits are allowed here."),
        "overlap": say(request, "These times overlap, or are not in order."),
    }
    if rule in sentences:
        return sentences[rule]
    value = {"value": values.get("value", "")}
    named = {
        "unknown": say(request, "“%(value)s” is not known.", **value),
        "in_use": say(request, "“%(value)s” is in use.", **value),
        "in_use_removed": say(request, "“%(value)s” belongs to a removed entry. Restore that entry instead.", **value),
        "not_a_time": say(request, "“%(value)s” is not a time such as 09:00.", **value),
        "backwards": say(request, "The end, %(value)s, is not after the beginning.", **value),
        "past": say(request, "%(value)s is in the past.", **value),
        "clash": say(request, "Somebody is already on the roster at this time: %(value)s.", **value),
        "not_a_day": say(request, "“%(value)s” is not a date.", **value),
        "twice": say(request, "“%(value)s” occurs twice.", **value),
    }
    return named.get(rule, problem.sentence)


def _range(values: Mapping[str, object]) -> Json:
    return {"lowest": values.get("lowest", ""), "highest": values.get("highest", "")}
