"""Servers with one fault each: a checker that does not notice them does not bite."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any


@dataclass(frozen=True)
class Mutant:
    """In the text of `module`, `before` (which stands there once) becomes `after`."""

    module: str
    before: str
    after: str


#: Each would be a fault that clinics notice. Most are slips that somebody might really make.
MUTANTS: Mapping[str, Mutant] = {
    # Every request is a new one, whatever its key.
    "no-idempotency": Mutant(
        "queue_server.storage.queue.idempotency_rows",
        "    if key is None:\n",
        "    if True:\n",
    ),
    # A change is answered and shown, and a tenth of a second later it is written.
    "answer-before-commit": Mutant(
        "queue_server.storage.engine.group_commit",
        "        self._hand_over(partial(connection.run, ending), partial(self._has_committed, connection, group))\n",
        "        group.ended.set_result(None)\n"
        "        self._publish(group.commit)\n"
        "        wait = __import__('threading').Event().wait\n"
        "        self._hand_over(lambda: (wait(0.1), connection.run(ending))[1], lambda _: None)\n",
    ),
    # Who is next was looked up a moment ago, perhaps for another room.
    "call-not-atomic": Mutant(
        "queue_server.services.queue.calling",
        "                present, following = queue_rows.next_in(this.looked)\n",
        "                present, first = queue_rows.next_in(this.looked)\n"
        "                looked_up = vars(self).setdefault('looked_up', {})\n"
        "                at, following = looked_up.get(room.department_id, (work.now, None))\n"
        "                if following is None or (work.now - at).total_seconds() > 0.1:\n"
        "                    following = first\n"
        "                    looked_up[room.department_id] = (work.now, following)\n",
    ),
    # A display that comes back is shown the last call only.
    "gap-ignored": Mutant(
        "queue_server.storage.queue.around_rows",
        "if place < RECENT_CALLS or row.at >= since]",
        "if place < 1]",
    ),
    # The day ends at the machine's midnight rather than the clinic's.
    "day-of-the-machine": Mutant(
        "queue_server.domain.queue.numbering",
        "    local = now.astimezone(zone)\n",
        "    local = now.astimezone()\n",
    ),
    # A program's key opens everything, whatever it was given.
    "scopes-ignored": Mutant(
        "queue_server.domain.access.authorisation",
        "    if actor.kind is ActorKind.PROGRAM and SCOPES[may] not in actor.scopes:\n",
        "    if actor.kind is ActorKind.PROGRAM and not actor.scopes:\n",
    ),
    # A slip that is printed again looks like the first one.
    "reprint-unmarked": Mutant(
        "queue_server.storage.devices.print_job_rows",
        "        copy_number=copies + 1,\n",
        "        copy_number=1,\n",
    ),
    # What may have been sent is sent again.
    "outbox-twice": Mutant(
        "queue_server.services.alerts.sending",
        "        if isinstance(outcome, Unknown) and message.channel not in self._repeatable:\n",
        "        if isinstance(outcome, Unknown) and not self.drivers:\n",
    ),
    # Numbers are counted by the tokens that have not been cancelled.
    "number-used-again": Mutant(
        "queue_server.services.queue.issuing",
        "        counter, ahead = await counter_rows.next_counter(work, department.id, day, place)\n",
        "        from sqlalchemy import text\n"
        "        _, ahead = await counter_rows.next_counter(work, department.id, day, place)\n"
        '        kept = "SELECT count(*) FROM token WHERE department_id = :of AND id NOT IN "\n'
        "        kept += \"(SELECT token_id FROM queue_entry WHERE state = 'cancelled')\"\n"
        "        found = await work.connection.execute(text(kept), {'of': department.id})\n"
        "        counter = found.scalar_one() + 1\n",
    ),
    # Everybody is called by arrival, however much help they need.
    "priority-ignored": Mutant(
        "queue_server.storage.queue.queue_statements",
        "    .order_by(case((_IS_EMERGENCY, 0), else_=1), *PLACE)\n",
        "    .order_by(col(QueueEntryRow.id))\n",
    ),
    # Screens do not hear of what happens in one department.
    "change-unheard": Mutant(
        "queue_server.live.hub",
        "        changed = set(sources)\n",
        "        changed = set() if 'department:3' in set(sources) else set(sources)\n",
    ),
    # One kind of deed leaves no line in the journal.
    "journal-line-skipped": Mutant(
        "queue_server.storage.engine.store",
        "        self._events.append(event)\n",
        "        if event.kind != 'start':\n            self._events.append(event)\n",
    ),
    # A line is bound to the beginning instead of to the line before.
    "chain-broken": Mutant(
        "queue_server.storage.engine.journal",
        "            digest = seal(number, event, digest)\n        lines.append",
        "            digest = seal(number, event, GENESIS)\n        lines.append",
    ),
    # Whoever is in the room stays there when the next one is called.
    "room-not-cleared": Mutant(
        "queue_server.services.queue.calling",
        "        present = [other for other in present if other != entry]\n",
        "        present = []\n",
    ),
}


#: Faults of how writers of PostgreSQL share their transactions.
POSTGRES_MUTANTS: Mapping[str, Mutant] = {
    # A change is answered and shown, and a tenth of a second later it is committed.
    "shared-answer-before-commit": Mutant(
        "queue_server.storage.engine.shared_transactions",
        "        try:\n"
        '            await self._connections.end(group.connection, "COMMIT")\n'
        "        except BaseException as error:\n"
        "            group.fail(error)\n"
        "            return\n"
        "        group.ended.set_result(None)\n"
        "        self._publish(group.commit)\n",
        "        group.ended.set_result(None)\n"
        "        self._publish(group.commit)\n"
        "        await asyncio.to_thread(__import__('threading').Event().wait, 0.1)\n"
        '        await self._connections.end(group.connection, "COMMIT")\n',
    ),
    # Of those who share a transaction the last one is told that it is done, and is undone.
    "shared-last-one-lost": Mutant(
        "queue_server.storage.engine.shared_transactions",
        '            await self._connections.end(group.connection, "COMMIT")\n',
        '            ending = "ROLLBACK TO SAVEPOINT unit; COMMIT" if group.has_savepoint else "COMMIT"\n'
        "            await self._connections.end(group.connection, ending)\n",
    ),
    # What was done by those who share a transaction is committed, and nobody hears of it.
    "shared-change-unheard": Mutant(
        "queue_server.storage.engine.shared_transactions",
        "            await revisions.count(group.connection, group.commit)\n",
        "            await asyncio.sleep(0)\n",
    ),
}


class _Mutating(MetaPathFinder):
    """Finds the mutant's module with its changed text."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._mutant)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, mutant: Mutant) -> None:
        super().__init__(fullname, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        source: Any = self.get_source(fullname)
        return compile(mutated(source, self._mutant), self.path, "exec", dont_inherit=True)


def mutated(source: str, mutant: Mutant) -> str:
    """The module's text with the fault. Raises `AssertionError` where it does not stand as the mutant expects."""
    assert source.count(mutant.before) == 1, f"{mutant.module} has changed; {mutant.before!r} is not there once"
    return source.replace(mutant.before, mutant.after)


def mutate(mutant: Mutant) -> None:
    """From now on this process imports the faulty module. It must not have been imported before."""
    assert mutant.module not in sys.modules, f"{mutant.module} was imported too early"
    sys.meta_path.insert(0, _Mutating(mutant))
