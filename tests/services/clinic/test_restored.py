"""A backup of this morning is put back at noon."""

from queue_server import sources
from queue_server.domain.clinic.restoring import UNKNOWN_NUMBERS, WITHOUT_PAPER, Known, Slip
from queue_server.services.clinic.restored import Restored
from tests.clinics import Clinic


async def test_numbers_go_on_logins_have_ended_and_screens_begin_anew(clinic: Clinic) -> None:
    services = clinic.services
    await clinic.issue()
    login = await services.people.accounts.log_in("first", "correct horse")
    before = (await services.store.revisions())[sources.department(1)]

    settled = await Restored(services.store).settle(Known({"L": 9}), None)

    assert settled.next_numbers == [f"G-{UNKNOWN_NUMBERS + 2}", "L-010"]
    assert (await clinic.issue()).number == settled.next_numbers[0]
    assert await services.people.accounts.who(login) is None
    assert (await services.store.revisions())[sources.department(1)] > before + 1000
    assert "restored" in await clinic.kinds()


async def test_the_ledger_bounds_what_can_be_on_paper_and_the_replaced_database_knows_it(clinic: Clinic) -> None:
    restored = Restored(clinic.services.store)
    await clinic.issue()

    by_ledger = await restored.settle(Known({}), None, [Slip(12, "")])
    known = await restored.settle(Known({}), await restored.replaced())

    assert by_ledger.next_numbers == ["G-014", "L-013"]
    assert known.next_numbers == by_ledger.next_numbers


async def test_the_highest_number_that_a_ledger_remembers_is_not_given_again(clinic: Clinic) -> None:
    await clinic.issue()
    slips = [Slip(40, "G-023"), Slip(41, "G-022"), Slip(42, "L-004")]

    settled = await Restored(clinic.services.store).settle(Known({"L": 4}), None, slips)

    assert settled.next_numbers == [f"G-{23 + WITHOUT_PAPER + 1:03d}", "L-005"]
