"""The tree of errors: documented, and told in plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from inspect import Parameter, signature

import pytest

from queue_server.domain import errors
from queue_server.domain.errors import BadFields, BadInput, Conflict, NotAllowed, NotFound, QueueError, TooManyTries
from queue_server.domain.form_reading import Problem

#: A value for each argument of an error.
ARGUMENTS: dict[str, object] = {
    "retry_after_s": 30,
    "largest": 1000,
    "most": 20,
    "quota": 40,
    "document_id": 7,
    "opens_at": datetime(2026, 11, 23, 3, 30, tzinfo=UTC),
    "patients": ({"id": 1, "name": "Asha"},),
    "problems": (Problem("code", "required"), Problem("prefix", "in_use", {"value": "G"})),
}


def descendants(error: type[QueueError]) -> Iterator[type[QueueError]]:
    for child in error.__subclasses__():
        if child.__module__.startswith("queue_server.domain.errors"):
            yield child
            yield from descendants(child)


def raised(error: type[QueueError]) -> QueueError:
    """One error of this class."""
    named = [each for each in signature(error).parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
    return error(*(ARGUMENTS.get(each.name, "GEN") for each in named))  # type: ignore[arg-type]


TREE = sorted(set(descendants(QueueError)), key=lambda error: error.__name__)


def test_codes_are_not_shared() -> None:
    codes = [error.code for error in TREE if "code" in vars(error)]

    assert len(codes) == len(set(codes))


def drawn() -> dict[str, tuple[str, str]]:
    """Name → (the branch it hangs on, its code or nothing) of each error that the package's docstring draws."""
    path: dict[int, str] = {}
    found = {}
    for line in (errors.__doc__ or "").splitlines():
        if named := re.match(r"(?P<indent>[ │]+[├└]── )(?P<name>\w+) *(?P<code>\w*)", line):
            column = len(named["indent"])
            path = {place: name for place, name in path.items() if place < column} | {column: named["name"]}
            parent = [*path.values()][-2] if len(path) > 1 else "QueueError"
            found[named["name"]] = (parent, named["code"])
    return found


def test_the_drawing_of_the_tree_is_the_tree() -> None:
    branches = {error for error in TREE if not issubclass(error, NotFound) or error is NotFound}
    drawing = drawn()

    assert {name: parent for name, (parent, _) in drawing.items()} == {
        error.__name__: error.__mro__[1].__name__ for error in branches
    }
    assert {name: code for name, (_, code) in drawing.items() if code and name != "NotFound"} == {
        error.__name__: error.code for error in branches - {NotFound, Conflict}
    }


def test_all_that_can_be_unknown_is_in_the_drawing() -> None:
    drawn = set(re.findall(r"(?:unknown|old)_\w+", errors.__doc__ or ""))

    assert drawn == {error.code for error in NotFound.__subclasses__()}


@pytest.mark.parametrize("error", TREE)
def test_an_error_says_a_sentence_and_its_details_are_plain_json(error: type[QueueError]) -> None:
    found = raised(error)

    assert found.message
    assert json.loads(json.dumps(found.details)).keys() == found.details.keys()


def test_bad_input_names_its_field() -> None:
    assert BadInput("phone", "This is no phone number.").details == {"field": "phone"}


def test_several_bad_fields_are_all_told_and_the_first_is_the_message() -> None:
    missing, taken = Problem("code", "required"), Problem("prefix", "in_use", {"value": "G"})

    error = BadFields([missing, taken])

    assert error.message == missing.sentence
    assert error.details == {"field": "code", "fields": {"code": missing.sentence, "prefix": taken.sentence}}


def test_who_must_wait_is_told_for_how_long() -> None:
    error = TooManyTries(30)

    assert (error.message, error.details) == (
        "Too many wrong PINs; try again in 30 seconds.",
        {"retry_after_s": 30},
    )


def test_what_is_told_besides_goes_into_the_details() -> None:
    assert NotAllowed("This key may not.", scope="events:read").details == {"scope": "events:read"}
