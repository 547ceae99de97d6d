"""Enrolled machines, and whose key this is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from queue_server import sources
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.devices.devices import Device, DeviceKind, Enrolment, Sounding
from queue_server.domain.devices.reach import mounted
from queue_server.domain.errors import BadInput, LoginRequired, OtherDevice, UnknownDevice
from queue_server.domain.queue.events import Event
from queue_server.services.access.credentials import as_code, fingerprint, new_code, new_key
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.clinic import configuration_rows
from queue_server.storage.devices import device_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.programs import program_rows

#: How long an enrolment code may be used.
CODE_VALID = timedelta(minutes=10)

#: How often it is noted that a device was heard of.
_NOTED_EVERY = timedelta(minutes=1)

#: Devices as actors.
DEVICE_ACTORS = frozenset(ActorKind(kind) for kind in DeviceKind)

#: The longest name or place of a device.
LONGEST_WORD = 64


#: A new device's key, and what it is.
Enrolled = tuple[str, Enrolment]


class Devices:
    """A device proves itself with its key; only the key's hash is kept.

    Whoever revokes a device or a key touches `sources.DEVICES`: until then it is remembered whose key this is.
    """

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues
        self._known: dict[str, Actor] = {}
        self._known_at = 0
        self._noted: dict[str, datetime] = {}

    async def add(self, kind: DeviceKind, name: str, place: str) -> str:
        """A new device; returns its key, which is not stored anywhere."""
        async with self._store.transaction() as work:
            return await _add(work, kind, name, place)

    async def offer(self, kind: str, name: str, place: str, *, by: Actor = SYSTEM) -> str:
        """A code that enrols one such device within ten minutes. Raises `BadInput` for a display that is not set up."""
        if kind not in set(DeviceKind):
            raise BadInput("kind", f"There is no kind of device {kind[:20]!r}.")
        name, place = word("name", name), word("place", place)
        code = new_code()
        async with self._store.transaction() as work:
            known = await configuration_rows.displays(work.connection)
            if kind == DeviceKind.DISPLAY and place not in known:
                raise BadInput("place", f"There is no display {place!r}. There are: {', '.join(known)}.")
            enrolment = Enrolment(DeviceKind(kind), name, place, work.now + CODE_VALID)
            await device_rows.add_enrolment(work, fingerprint(code), enrolment)
            work.record(Event("code_offered", work.now, str(by), data={"kind": kind}))
        return code

    async def enrol(self, code: str, kind: DeviceKind | None = None, place: str = "") -> Enrolled:
        """The key of the device that the code makes, and what it is.

        `kind`, `place`: what it must be; left out, it may be anything. Raises `LoginRequired` for a wrong or old code,
        and `OtherDevice` for another device's, which is not used up.
        """
        async with self._store.transaction() as work:
            enrolment = await device_rows.take_enrolment(work, fingerprint(as_code(code)))
            if enrolment is not None:
                if (kind or enrolment.kind, place or enrolment.place) != (enrolment.kind, enrolment.place):
                    raise OtherDevice(enrolment.kind, enrolment.name, enrolment.place)
                key = await _add(work, enrolment.kind, enrolment.name, enrolment.place)
        if enrolment is None:
            raise LoginRequired("This code is wrong, used up or older than ten minutes.")
        return key, enrolment

    async def who(self, key: str) -> Actor | None:
        """The device or program that this key belongs to; none when it is unknown or revoked."""
        rev = self._queues.rev_of(sources.DEVICES)
        if rev != self._known_at:
            self._known, self._known_at = {}, rev
        hashed = fingerprint(key)
        found = self._known.get(hashed) or await self._read(hashed)
        if found is not None and rev == self._queues.rev_of(sources.DEVICES):
            self._known[hashed] = found
        if found is not None:
            await self._note(found)
        return found

    async def heard(self, owners: Iterable[str]) -> None:
        """The devices among these owners of open lines (`kiosk:3`) are there: it is noted once a minute or so."""
        actors = [Actor.parse(owner) for owner in owners if "/" not in owner]
        for actor in actors:
            if actor.kind in DEVICE_ACTORS:
                await self._note(actor)

    async def sounds(self, device_id: int, sounding: str) -> None:
        """The display tells why it is heard or silent. Raises `BadInput`."""
        if sounding not in set(Sounding):
            raise BadInput("sound", f"There is no such state of sound: {sounding[:20]!r}.")
        async with self._store.transaction() as work:
            await device_rows.note_sound(work, device_id, sounding)

    async def revoke(self, device_id: int, *, by: Actor) -> None:
        """Revoke the device's key and close its connections. Raises `UnknownDevice`."""
        async with self._store.transaction() as work:
            if await device_rows.device_by_id(work.connection, device_id) is None:
                raise UnknownDevice(str(device_id))
            await device_rows.revoke_device(work, device_id)
            work.record(Event("device_revoked", work.now, str(by), data={"device": device_id}))
            work.touch(sources.DEVICES)

    async def mount(self, device_id: int, from_mm: str, high_mm: str, *, by: Actor) -> None:
        """Say how high the kiosk's screen hangs, in millimetres as they were typed; both empty: nobody says.

        Its open page follows at once. Raises `BadInput` or `UnknownDevice`.
        """
        screen = mounted(from_mm, high_mm)
        async with self._store.transaction() as work:
            device = await device_rows.device_by_id(work.connection, device_id)
            if device is None or device.kind is not DeviceKind.KIOSK:
                raise UnknownDevice(str(device_id))
            await device_rows.mount_device(work, device_id, screen)
            data = {"device": device_id, "from_mm": screen and screen.from_mm, "high_mm": screen and screen.high_mm}
            work.record(Event("kiosk_mounted", work.now, str(by), data=data))
            work.touch(sources.DEVICES)

    async def revoked(self) -> list[str]:
        """Every revoked device and program, as its actor is written (`kiosk:3`)."""
        async with self._store.reading() as connection:
            gone = [
                Actor(ActorKind(kind), device_id) for kind, device_id in await device_rows.revoked_devices(connection)
            ]
            gone += [Actor(ActorKind.PROGRAM, program_id) for program_id in await program_rows.revoked(connection)]
        return [str(actor) for actor in gone]

    async def all(self) -> list[Device]:
        """All devices that may act, in the order of their kinds and names."""
        async with self._store.reading() as connection:
            return await device_rows.all_devices(connection)

    async def _note(self, asker: Actor) -> None:
        """Write down, now and then, that the device or program was heard of."""
        now, noted_at = self._store.clock.now(), self._noted.get(str(asker))
        if noted_at is None or now - noted_at > _NOTED_EVERY:
            self._noted[str(asker)] = now
            async with self._store.transaction() as work:
                await (program_rows.note if asker.kind is ActorKind.PROGRAM else device_rows.note_device)(
                    work, asker.id
                )

    async def _read(self, hashed: str) -> Actor | None:
        async with self._store.reading() as connection:
            if device := await device_rows.device_by_key(connection, hashed):
                return Actor(ActorKind(device.kind), device.id, device.name, device.place)
            program = await program_rows.by_key(connection, hashed)
        return Actor(ActorKind.PROGRAM, program.id, program.name, scopes=program.scopes) if program else None


def word(field: str, text: str) -> str:
    """The text as a name for people. Raises `BadInput` naming the field."""
    text = text.strip()
    if not text or len(text) > LONGEST_WORD or not text.isprintable():
        raise BadInput(field, f"The field {field!r} needs 1 to {LONGEST_WORD} plain characters.")
    return text


async def _add(work: Transaction, kind: DeviceKind, name: str, place: str) -> str:
    key = new_key()
    device_id = await device_rows.add_device(work, kind, name, place, fingerprint(key))
    work.record(Event("device_added", work.now, str(SYSTEM), data={"device": device_id, "kind": kind}))
    work.touch(sources.DEVICES)
    return key
