"""Scan and Register: whoever shares a profile at a counter's code gets the next number of the common series.

A share is answered at once and worked on afterwards: person, consent and number in one transaction, then the answer to
the gateway while the patient's app still waits. The same REQUEST-ID has one effect, in whatever process it arrives.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from queue_server.abdm.states import GatewayFailed
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.clinic.clinic import Department
from queue_server.domain.errors import BadInput, QueueError, TooLate, Unavailable, UnknownDepartment, WrongClock
from queue_server.domain.people.patients import Person
from queue_server.domain.programs.abdm import (
    ANSWERED_WITHIN,
    CONSENT,
    PATIENT_WAITS,
    TRIAL,
    WRONG_CLOCK,
    NotedShare,
    Profile,
    Share,
    ShareState,
    accepted,
    counter_of,
    is_counter,
    refused,
)
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import day_ends_at
from queue_server.locale import texts
from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.programs.abdm_words import refusal, tried
from queue_server.services.queue.issuing import IssueRequest, Issuing
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.programs import abdm_rows

if TYPE_CHECKING:
    from queue_server.abdm.gateway import Gateway

logger = logging.getLogger(__name__)

#: So many shares are listed.
LISTED = 20
#: How long an ending server waits for answers that are on their way.
GRACE_S = 5.0
#: So many shares are worked on side by side; more wait their turn, within the time of their apps.
SIDE_BY_SIDE = 32


@dataclass(frozen=True, slots=True)
class Came:
    """When a share came: by the seconds of this process, and when its app began to wait, as the gateway says."""

    at_s: float
    sent_at: datetime | None


class AbdmShares:
    """Use it inside `running`."""

    def __init__(self, store: Store, queues: Snapshots, issuing: Issuing, gateway: Gateway, alerts: Alerts) -> None:
        self.gateway = gateway
        self._store = store
        self._queues = queues
        self._issuing = issuing
        self._alerts = alerts
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside, shares are answered. At the end those on their way are waited for, a little."""
        async with self.gateway.running():
            self._begin(self._warm())
            try:
                yield
            finally:
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=GRACE_S)
                for task in list(self._tasks):
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def take(self, share: Share, sent_at: datetime | None) -> None:
        """Work on the share from now on; nothing is waited for."""
        self._begin(self._work(share, Came(time.monotonic(), sent_at)))

    async def settled(self) -> None:
        """Everything that was taken is answered."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def counters(self) -> Mapping[str, Department]:
        """Counter id → the department whose code it is on."""
        hip = self.gateway.settings.abdm_hip_id
        known = [(counter_of(one.code, hip) or f"D{one.id}", one) for one in await self._queues.departments()]
        return dict(known)

    async def newest(self) -> list[NotedShare]:
        """The newest shares, newest first."""
        async with self._store.reading() as connection:
            return await abdm_rows.newest_shares(connection, LISTED)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _warm(self) -> None:
        """The first patient need not wait for the session and the keys."""
        try:
            await self.gateway.connect()
        except GatewayFailed as failure:
            logger.warning("ABDM's gateway cannot be used: %s.", failure.error)

    async def _work(self, share: Share, came: Came) -> None:
        try:
            async with self._places:
                answer, code = await self._answer(share, came)
                if answer is None:
                    return
                error = await self.gateway.tell(answer, came.at_s + ANSWERED_WITHIN.total_seconds())
                took_ms = round((time.monotonic() - came.at_s) * 1000)
                state = ShareState.REFUSED if code else ShareState.ANSWERED
                if error is not None:
                    logger.warning("A share could not be answered: %s.", error)
                    state, code = ShareState.UNHEARD, str(error) or error.message
                async with self._store.transaction() as work:
                    await abdm_rows.change_share(
                        work, share.request_id, state=state, code=code[:80] or None, took_ms=took_ms
                    )
        except Exception as error:
            logger.error("A share was lost: %s.", _where(error))  # noqa: TRY400

    async def _answer(self, share: Share, came: Came) -> tuple[dict[str, object] | None, str]:
        """What the gateway is told, none for a repetition, and the code of a refusal."""
        department: Department | None = None
        try:
            if share.counter == TRIAL:
                return await self._tried(share)
            department = await self._department(share)
            await self._check_time(came)
            number = await self._number(share, _readable(share), department)
        except QueueError as error:
            return await self._refused(share, department, error)
        except Exception as error:
            logger.error("A share failed: %s.", _where(error))  # noqa: TRY400
            return await self._refused(share, department, Unavailable("This failed."))
        return (None, "") if number is None else (accepted(share, number, await self._expires_s()), "")

    async def _department(self, share: Share) -> Department:
        found = (await self.counters()).get(share.counter.upper())
        if found is None or share.hip_id.upper() != self.gateway.settings.abdm_hip_id.upper():
            raise UnknownDepartment(share.counter if is_counter(share.counter) else "?")
        return found

    async def _check_time(self, came: Came) -> None:
        difference = self.gateway.state.difference
        if difference is not None and abs(difference) > WRONG_CLOCK:
            await self._warm()  # it may have been put right meanwhile
            difference = self.gateway.state.difference
        if difference is not None and abs(difference) > WRONG_CLOCK:
            raise WrongClock
        if came.sent_at is not None and difference is not None and self.gateway.now() - came.sent_at > PATIENT_WAITS:
            raise TooLate

    async def _number(self, share: Share, profile: Profile, department: Department) -> str | None:
        """The patient's number, saved; none when this share was taken before."""
        day = await self._queues.day()
        clinic = await self._queues.clinic()
        async with self._store.transaction() as work:
            if not await abdm_rows.add_share(work, share.request_id, share.counter[:20]):
                return None
            patient_id, language = await _patient(work, profile, clinic.languages[0])
            known = await abdm_rows.token_of_counter(work.connection, patient_id, department.id, day)
            if known is None:
                request = IssueRequest(department.code, language=language, patient_id=patient_id)
                issued = await self._issuing.put(work, request, day, Actor(ActorKind.PATIENT, patient_id))
                known = (issued.token_id, issued.key, issued.number)
                if clinic.abdm_sms:
                    await self._alerts.put_link(work, profile.phone, issued.token_id, issued.number, language)
            token_id, _, number = known
            await abdm_rows.change_share(work, share.request_id, token_id=token_id)
            by = str(Actor(ActorKind.PATIENT, patient_id))
            work.record(Event("abdm_shared", work.now, by, token_id, department.id, {"number": number}))
        return number

    async def _refused(
        self, share: Share, department: Department | None, error: QueueError
    ) -> tuple[dict[str, object] | None, str]:
        clinic = await self._queues.clinic()
        words = texts(clinic.languages[0])
        message = refusal(error, department, words, self._queues.now(), clinic.zone)
        return await self._noted(share, error.code, department, message)

    async def _tried(self, share: Share) -> tuple[dict[str, object] | None, str]:
        words = texts((await self._queues.clinic()).languages[0])
        return await self._noted(share, "trial", None, tried(words))

    async def _noted(
        self, share: Share, code: str, department: Department | None, message: str
    ) -> tuple[dict[str, object] | None, str]:
        """Who is refused is not registered: only that somebody was is kept."""
        counter = share.counter if is_counter(share.counter) else "?"
        async with self._store.transaction() as work:
            if not await abdm_rows.add_share(work, share.request_id, counter):
                return None, ""
            await abdm_rows.change_share(work, share.request_id, code=code)
            data = {"counter": counter, "code": code}
            work.record(Event("abdm_refused", work.now, "system", None, department.id if department else None, data))
        return refused(share, message), code

    async def _expires_s(self) -> int:
        if (chosen := self.gateway.settings.abdm_expiry_s) is not None:
            return chosen
        clinic = await self._queues.clinic()
        ends_at = day_ends_at(await self._queues.day(), clinic.zone, clinic.roll_over)
        return int((ends_at - self._queues.now()).total_seconds())


def _where(error: Exception) -> str:
    """What went wrong and where, without the error's own words: they may hold what was shared."""
    frames = traceback.extract_tb(error.__traceback__)
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-3:])
    return f"{type(error).__name__} at {' → '.join(places)}"


def _readable(share: Share) -> Profile:
    if share.profile is None:
        raise BadInput("profile", "The profile could not be read.")
    return share.profile


async def _patient(work: Transaction, profile: Profile, language: str) -> tuple[int, str]:
    """The id and language of whoever has this ABHA address, registered now if nobody has. Raises `BadInput`."""
    patient_id = await abdm_rows.take_address(work, profile)
    known = await patient_rows.person(work.connection, patient_id) if patient_id is not None else None
    if profile.birth_year is None:
        if known is None:
            raise BadInput("birth_year", "The profile says no year of birth.")
        return int(patient_id or 0), known.language
    if patient_id is None or known is None:
        person = Person(profile.name, profile.birth_year, profile.sex, language)
        return await _register(work, profile, person), language
    # What was shared is the holder's own word; who has an account here says it there.
    person = Person(profile.name, profile.birth_year, profile.sex, known.language)
    if person != known and not await abdm_rows.has_account(work.connection, patient_id):
        await patient_rows.save_person(work, patient_id, person)
    return patient_id, known.language


async def _register(work: Transaction, profile: Profile, person: Person) -> int:
    patient_id = await patient_rows.add_patient(work, None, person)
    await abdm_rows.give_address(work, profile, patient_id)
    await patient_rows.add_consent(work, patient_id, CONSENT, person.language, "abdm")
    by = str(Actor(ActorKind.PATIENT, patient_id))
    work.record(Event("patient_registered", work.now, by, data={"patient": patient_id, "account": None}))
    more = {"patient": patient_id, "version": CONSENT, "language": person.language, "channel": "abdm"}
    work.record(Event("consent_given", work.now, by, data=more))
    return patient_id
