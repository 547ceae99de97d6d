"""The journal as programs read it, and whether its chain is whole."""

from queue_server.domain.queue.tokens import Action
from tests.clinics import Clinic


async def test_the_journal_tells_the_story_in_order_and_its_chain_is_whole(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next()
    await clinic.act(token, Action.START)
    await clinic.act(token, Action.ATTEND)

    assert (await clinic.kinds())[-4:] == ["issue", "call", "start", "attend"]
    assert (await clinic.services.programs.journal.first_bad_line())[0] is None


async def test_a_cursor_reads_every_line_once(clinic: Clinic) -> None:
    for _ in range(5):
        await clinic.issue()
    everything = len(await clinic.kinds())

    read, after = [], 0
    while lines := await clinic.services.programs.journal.events(after, 2):
        read += [line["number"] for line in lines]
        after = lines[-1]["number"]

    assert read == list(range(1, everything + 1))
