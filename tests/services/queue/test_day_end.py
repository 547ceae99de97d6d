"""What the end of a service day leaves behind."""

from tests.clinics import Clinic


async def test_whoever_is_left_at_the_end_of_the_day_is_expired(clinic: Clinic) -> None:
    waiting, called = await clinic.issue(), await clinic.issue()
    await clinic.next()

    clinic.clock.forward(days=1)
    expired = await clinic.services.queue.day_end.expire_leftovers()

    assert expired == 2
    assert {await clinic.state(waiting), await clinic.state(called)} == {"expired"}


async def test_a_second_look_at_the_end_of_the_day_finds_nothing_more(clinic: Clinic) -> None:
    await clinic.issue()
    clinic.clock.forward(days=1)
    await clinic.services.queue.day_end.expire_leftovers()

    assert await clinic.services.queue.day_end.expire_leftovers() == 0


async def test_today_is_left_alone(clinic: Clinic) -> None:
    token = await clinic.issue()

    assert await clinic.services.queue.day_end.expire_leftovers() == 0
    assert await clinic.state(token) == "waiting"


async def test_duties_end_with_the_day(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")

    clinic.clock.forward(days=1)
    await clinic.services.queue.day_end.expire_leftovers()

    assert await clinic.services.queue.duties.room_of(clinic.doctors[0].id) is None
