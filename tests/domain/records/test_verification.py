"""The number by which a paper is verified."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from queue_server.domain.records.records import Attendance, Certificate, CertificateKind, Prescription
from queue_server.domain.records.verification import content_hash, kind_of
from tests.papers.examples import LINES, a_certificate, a_prescription

#: A value of each type that no example holds.
OTHERS: dict[type, Any] = {
    int: 99,
    str: "another",
    date: date(2027, 1, 1),
    datetime: datetime(2027, 1, 1, tzinfo=UTC),
    tuple: (),
    CertificateKind: CertificateKind.FITNESS,
    type(None): 99,
}


def other(value: Any) -> Any:
    """Something of the same type that is not the same."""
    return replace(value, token="another") if isinstance(value, Attendance) else OTHERS[type(value)]


def test_the_hash_changes_with_every_word_that_was_signed() -> None:
    signed = a_prescription()
    changed = [
        replace(signed, note="Rest."),
        replace(signed, key="another"),
        replace(signed, version=2),
        replace(signed, lines=(*LINES[:2], replace(LINES[2], days=31))),
        replace(signed, attendance=replace(signed.attendance, token="G-013")),
    ]

    assert len({content_hash(each) for each in (signed, *changed)}) == 6
    assert content_hash(signed) == content_hash(a_prescription())


@pytest.mark.parametrize("signed", [a_prescription(), a_certificate()], ids=kind_of)
def test_no_part_of_a_paper_can_be_changed_without_changing_the_hash(signed: Prescription | Certificate) -> None:
    changed = [replace(signed, **{field.name: other(getattr(signed, field.name))}) for field in fields(signed)]

    assert len({content_hash(each) for each in (signed, *changed)}) == 1 + len(fields(signed))


def test_papers_that_were_handed_out_are_verified_by_every_later_version() -> None:
    assert content_hash(a_prescription()) == "a6a324d0342cf5625272cb204e281a7348bd95dacf5ffc2264bf540700e3131f"
    assert content_hash(a_certificate()) == "e1534d1b73d538f6557631d88e9330311d87e4ce7bda09f9956484595b16ce4d"


def test_a_paper_is_named_by_its_kind() -> None:
    assert kind_of(a_prescription()) == "prescription"
    assert kind_of(replace(a_certificate(), kind=CertificateKind.REFERRAL)) == "referral"
