"""The code of the waiting room, on both databases."""

import pytest

from queue_server.domain.errors import WrongCode
from queue_server.services.access.here_codes import HereCodes
from queue_server.services.access.slip_digits import SlipDigits
from tests.clinics import Clinic


async def test_every_process_shows_the_same_code_and_takes_it_until_another_one_is_over(clinic: Clinic) -> None:
    store = clinic.services.store
    first, second = HereCodes(store, SlipDigits(store)), HereCodes(store, SlipDigits(store))
    code = await first.now()

    assert await second.now() == code
    await second.check(code)
    clinic.clock.forward(minutes=10)
    await second.check(code)
    clinic.clock.forward(minutes=10)
    shown = {await first.now()}
    clinic.clock.forward(minutes=-10)
    if code not in shown | {await first.now()}:
        clinic.clock.forward(minutes=10)
        with pytest.raises(WrongCode):
            await second.check(code)
