"""The secret behind the digits of slips, on both databases."""

from queue_server.services.access.slip_digits import SlipDigits
from tests.clinics import Clinic


async def test_all_processes_of_a_clinic_print_the_same_digits(clinic: Clinic) -> None:
    first, second = SlipDigits(clinic.services.store), SlipDigits(clinic.services.store)

    digits = await first.of("some-slip")

    assert await second.of("some-slip") == digits
    assert await second.are(digits, "some-slip")
    assert not await second.are(digits, "another-slip") or await second.of("another-slip") == digits
