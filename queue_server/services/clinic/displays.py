"""Displays: which departments they show, how they look and sound. And the clinic's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import phonenumbers

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.configuration import read_clinic, read_display, written
from queue_server.domain.clinic.seen_values import check, check_unchanged
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import StillInUse, UnknownBoard
from queue_server.domain.form_reading import Problem, Reader
from queue_server.domain.queue.events import Event
from queue_server.live.json_views import Json
from queue_server.locale import LANGUAGES
from queue_server.storage.clinic import configuration_rows
from queue_server.storage.devices import device_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.queue.idempotency_rows import once

#: Countries whose phone numbers can be written without a code.
REGIONS = frozenset(phonenumbers.SUPPORTED_REGIONS)


class Displays:
    """What is sent is plain JSON as `domain.clinic.configuration` reads it; `seen` is what the editor started from.

    Raises `BadFields` with every problem, `ChangedMeanwhile` when it is no longer as it was `seen`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self) -> list[Json]:
        """Every board with the names of its enrolled displays; the main one first."""
        async with self._store.reading() as connection:
            known = await configuration_rows.displays(connection)
            devices = await device_rows.devices(connection, DeviceKind.DISPLAY)
        return [
            {**written(plan), "devices": [device.name for device in devices if device.place == plan.name]}
            for plan in known.values()
        ]

    async def one(self, name: str) -> Json:
        """The display as a form fills it in. Raises `UnknownBoard`."""
        async with self._store.reading() as connection:
            plan = (await configuration_rows.displays(connection)).get(name)
        if plan is None:
            raise UnknownBoard(name)
        return written(plan)

    async def add(self, sent: Mapping[str, Any], *, by: Actor, key: str | None = None) -> str:
        """Add the display; returns its name. The same `key` again changes nothing."""
        problems: list[Problem] = []
        async with self._store.transaction() as work, once(work, f"displays:{by}", key, sent) as this:
            if this.is_repeated:
                return str(this.answer["name"])
            departments = {plan.code for plan in (await configuration_rows.departments(work.connection)).values()}
            plan = read_display(Reader(sent, problems), departments, LANGUAGES)
            if plan.name in await configuration_rows.displays(work.connection):
                problems.append(Problem("name", "in_use", {"value": plan.name}))
            check(problems)
            await configuration_rows.put_display(work, plan)
            work.record(Event("display_added", work.now, str(by), data={"board": plan.name}))
            work.touch(sources.CLINIC)
            this.answer = {"name": plan.name}
        return plan.name

    async def save(self, name: str, sent: Mapping[str, Any], seen: Mapping[str, Any] | None, *, by: Actor) -> None:
        """Save the display as `sent` says. Raises `UnknownBoard`."""
        problems: list[Problem] = []
        async with self._store.transaction() as work:
            before = (await configuration_rows.displays(work.connection)).get(name)
            if before is None:
                raise UnknownBoard(name)
            check_unchanged(seen, written(before))
            departments = {plan.code for plan in (await configuration_rows.departments(work.connection)).values()}
            plan = read_display(Reader({**sent, "name": name}, problems), departments, LANGUAGES)
            check(problems)
            await configuration_rows.put_display(work, plan)
            work.record(Event("display_changed", work.now, str(by), data={"board": name}))
            work.touch(sources.CLINIC)

    async def remove(self, name: str, seen: Mapping[str, Any] | None = None, *, by: Actor) -> None:
        """Delete the display. Raises `UnknownBoard`, `StillInUse` for the main one or while one hangs."""
        async with self._store.transaction() as work:
            known = await configuration_rows.displays(work.connection)
            if name not in known:
                raise UnknownBoard(name)
            check_unchanged(seen, written(known[name]))
            if name == configuration_rows.MAIN:
                raise StillInUse("The main display", "it is always there")
            hanging = await device_rows.devices(work.connection, DeviceKind.DISPLAY)
            names = [device.name for device in hanging if device.place == name]
            if names:
                raise StillInUse(f"The display {name}", f"{names[0]} shows it", device=names[0])
            await configuration_rows.remove_display(work, name)
            work.record(Event("display_removed", work.now, str(by), data={"board": name}))
            work.touch(sources.CLINIC)


class ClinicSettings:
    """The clinic's name, time zone, languages and roll-over; everything that shows them changes at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self) -> Json:
        """The settings as a form fills them in."""
        async with self._store.reading() as connection:
            return written(await configuration_rows.clinic_plan(connection))

    async def save(self, sent: Mapping[str, Any], seen: Mapping[str, Any] | None, *, by: Actor) -> None:
        """Save the settings. Raises `BadFields`, `ChangedMeanwhile`."""
        problems: list[Problem] = []
        plan = read_clinic(Reader(sent, problems), LANGUAGES, REGIONS)
        async with self._store.transaction() as work:
            before = await configuration_rows.clinic_plan(work.connection)
            check_unchanged(seen, written(before))
            check(problems)
            await configuration_rows.save_clinic(work, plan)
            changed = [name for name, value in written(plan).items() if value != written(before)[name]]
            work.record(Event("settings", work.now, str(by), data={"names": changed}))
            work.touch(sources.CLINIC)
