"""What a doctor hands out."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from queue_server.domain.records.records import Certificate, Dose, Prescription
from tests.papers.examples import a_certificate, a_prescription


def test_the_parts_of_a_dose_are_those_of_the_day_in_order() -> None:
    dose = Dose(morning=Fraction(1), noon=Fraction(2), evening=Fraction(3), night=Fraction(1, 2), single=Fraction(9))

    assert dose.parts == (Fraction(1), Fraction(2), Fraction(3), Fraction(1, 2))


@pytest.mark.parametrize("signed", [a_prescription(), a_certificate()])
def test_what_was_signed_is_not_changed_afterwards(signed: Prescription | Certificate) -> None:
    with pytest.raises(FrozenInstanceError):
        signed.version = 2  # type: ignore[misc]

    assert hash(signed) == hash(type(signed)(**{name: getattr(signed, name) for name in type(signed).__slots__}))
