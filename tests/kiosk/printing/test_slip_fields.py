"""What a slip may hold."""

from dataclasses import fields
from typing import Any

import pytest

from kiosk.printing import BadSlip, Slip
from queue_server.papers.slips import SlipDocument
from tests.kiosk.slips import ENGLISH, HINDI_COPY, LONG_ENGLISH, LONG_HINDI, a_slip


@pytest.mark.parametrize("document", [ENGLISH, HINDI_COPY, LONG_ENGLISH, LONG_HINDI])
def test_a_slip_keeps_what_it_was_given(document: dict[str, Any]) -> None:
    slip = Slip.from_json(document)

    assert {field: getattr(slip, field) for field in document} == document


def test_the_server_sends_the_fields_that_are_printed() -> None:
    assert set(SlipDocument.__annotations__) == {field.name for field in fields(Slip)}


def test_a_slip_from_a_newer_server_is_still_printed() -> None:
    assert Slip.from_json(ENGLISH | {"footer": "new"}) == Slip.from_json(ENGLISH)


@pytest.mark.parametrize("field", sorted(ENGLISH))
def test_a_missing_field_is_named(field: str) -> None:
    document = {name: value for name, value in ENGLISH.items() if name != field}

    with pytest.raises(BadSlip, match=f"^The slip's {field} is missing") as raised:
        Slip.from_json(document)

    assert raised.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""),
        ("number", "G 012"),
        ("number", "../G-012"),
        ("number", "ग-012"),
        ("number", "G" * 13),
        ("number", 12),
        ("url", "javascript:alert(1)"),
        ("url", "http://" + "x" * 251),
        ("clinic", "   "),
        ("clinic", None),
        ("department", 60),
        ("sentence", "one\x1b@two"),
        ("sentence", "one\ntwo"),
        ("sentence", "\ud800"),
        ("language", "Hindi"),
        ("copy", 0),
        ("copy", True),
        ("copy", "2"),
        ("copy", 100),
        ("copy", 2),
        ("wait_text", ""),
        ("priority_text", 7),
    ],
)
def test_a_bad_field_is_named(field: str, value: object) -> None:
    with pytest.raises(BadSlip) as raised:
        a_slip(**{field: value})

    assert raised.value.field in {field, "copy_text"}
    assert raised.value.field in str(raised.value)


@pytest.mark.parametrize("document", [None, [], "G-012", 12])
def test_what_is_no_object_is_no_slip(document: object) -> None:
    with pytest.raises(BadSlip, match="must be a JSON object"):
        Slip.from_json(document)
