"""What a keeper seals only the clinic opens."""

import base64

import pytest

from kiosk.keeper.sealing import seal
from queue_server.services.access.sealed_numbers import SealedNumbers
from tests.clinics import Clinic


async def test_all_processes_of_a_clinic_open_what_was_sealed_for_it(clinic: Clinic) -> None:
    first, second = SealedNumbers(clinic.services.store), SealedNumbers(clinic.services.store)

    sealed = seal(b"a link", "G-A01", await first.public_key())

    assert await second.opened(sealed, "G-A01") == b"a link"
    assert b"a link" not in base64.b64decode(sealed)


@pytest.mark.parametrize("harm", ["", "short", "no base64!", "cut", "changed", "for another number", "all zero"])
async def test_anything_else_is_not_opened(clinic: Clinic, harm: str) -> None:
    known = SealedNumbers(clinic.services.store)
    sealed = base64.b64decode(seal(b"a link", "G-A01", await known.public_key()))
    harmed = {
        "short": b"abc",
        "cut": sealed[:-1],
        "changed": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "all zero": bytes(80),
        "for another number": sealed,
    }
    sent = base64.b64encode(harmed[harm]).decode() if harm in harmed else harm

    assert await known.opened(sent, "G-A02" if harm == "for another number" else "G-A01") is None
