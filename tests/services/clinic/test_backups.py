"""Backups come by themselves, go to every disk that is there, and what is not well is told."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.domain.clinic.backup_plan import Complaint
from queue_server.services.clinic.backups import STICK_FOLDER, STICK_LABEL, BackupPlaces, Backups, Place
from queue_server.storage.engine.backup_folder import alone_in, backups_in
from queue_server.storage.records.backup_files import is_encrypted, readable
from queue_server.storage.records.keyring import Keyring
from tests.clinics import Clinic, a_clinic

HOUR = timedelta(hours=1)


class Machine:
    """A server with a disk, a second disk and a slot for a stick."""

    def __init__(self, folder: Path, clinic: Clinic) -> None:
        self.clinic, self.folder = clinic, folder
        (folder / "proc").mkdir()
        self.pull_stick()
        self.second.mkdir()
        self.keys = Keyring(folder / "document.keys")
        self.keys.prepare()
        self.places = BackupPlaces(self.own, self.second, HOUR, folder, disk_of=lambda path: hash(path.parts[-2:]))
        self.backups = self.started()

    def started(self, **other: object) -> Backups:
        """The server's backups, as after a start, with other settings if they are given."""
        services, places = self.clinic.services, replace(self.places, **other)  # type: ignore[arg-type]
        return Backups(services.store, services.clinic.queues, self.keys, places)

    own = property(lambda self: self.folder / "data" / "backups")
    second = property(lambda self: self.folder / "second")
    stick = property(lambda self: self.folder / "media" / STICK_LABEL)

    def plug_in_stick(self) -> None:
        self.stick.mkdir(parents=True, exist_ok=True)
        (self.folder / "proc" / "mounts").write_text(f"/dev/sdb1 /media/{STICK_LABEL} vfat rw 0 0\n")

    def pull_stick(self) -> None:
        (self.folder / "proc" / "mounts").write_text("")

    async def complaints(self) -> list[Complaint]:
        return (await self.backups.status()).complaints


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with a_clinic(f"sqlite:///{tmp_path}/queue.db") as clinic:
        yield Machine(tmp_path, clinic)


async def test_a_backup_is_made_each_hour_and_has_everything_up_to_then(machine: Machine) -> None:
    await machine.backups.keep()
    machine.clinic.clock.forward(minutes=59)
    await machine.clinic.issue()
    await machine.backups.keep()
    assert len(backups_in(machine.own)) == 1

    machine.clinic.clock.forward(minutes=1)
    await machine.backups.keep()

    newest = await machine.backups.newest_good()
    assert newest == backups_in(machine.own)[-1]
    with closing(sqlite3.connect(newest.file)) as opened:
        assert opened.execute("SELECT number FROM token").fetchall() == [("G-001",)]


async def test_the_second_disk_and_a_stick_have_it_as_soon_as_they_are_there(machine: Machine) -> None:
    await machine.backups.keep()
    assert len(backups_in(machine.second)) == 1

    machine.plug_in_stick()
    await machine.backups.keep()

    assert len(backups_in(machine.stick / STICK_FOLDER)) == 1
    assert len(backups_in(machine.own)) == 1


async def test_where_the_second_disk_is_not_mounted_nothing_is_written(machine: Machine) -> None:
    machine.second.rmdir()

    await machine.backups.keep()

    assert not machine.second.exists()
    assert Complaint.ONE_DISK in await machine.complaints()
    assert {place.place: place.folder for place in (await machine.backups.status()).places} == {
        Place.OWN: machine.own,
        Place.SECOND: None,
        Place.STICK: None,
    }


async def test_two_days_leave_a_day_of_hours_and_a_doubted_clock_throws_nothing_away(machine: Machine) -> None:
    for _ in range(48):
        await machine.backups.keep()
        machine.clinic.clock.forward(hours=1)
    assert 24 <= len(backups_in(machine.own)) <= 26
    assert len(backups_in(machine.second)) == len(backups_in(machine.own))

    before = len(backups_in(machine.own))
    machine.clinic.clock.jump(days=40)
    for _ in range(3):
        machine.clinic.clock.forward(hours=1)
        await machine.backups.keep()

    assert machine.clinic.services.store.clock.is_doubted()
    assert len(backups_in(machine.own)) == before + 3


async def test_what_is_not_well_is_told_and_then_well_again(machine: Machine) -> None:
    assert await machine.complaints() == [Complaint.NONE, Complaint.KEY_NOT_COPIED, Complaint.ONE_DISK]

    await machine.backups.keep()
    await machine.backups.keys_were_copied()
    assert await machine.complaints() == []

    machine.clinic.clock.forward(hours=4)
    assert await machine.complaints() == [Complaint.OLD]
    machine.keys.rotate()
    assert await machine.complaints() == [Complaint.OLD, Complaint.KEY_NOT_COPIED]


async def test_a_second_disk_that_is_the_same_disk_is_no_other_place(machine: Machine) -> None:
    machine.backups = machine.started(disk_of=lambda path: 1)

    await machine.backups.keep()

    assert Complaint.ONE_DISK in await machine.complaints()


async def test_a_full_disk_gets_no_backup_keeps_a_few_and_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        await machine.backups.keep()
        machine.clinic.clock.forward(hours=1)
    free = shutil.disk_usage(machine.own)._replace(free=1000)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda folder: free)
        await machine.backups.keep()
    # Three hours, and of those before only the newest of its day, which is one of them.
    assert len(backups_in(machine.own)) == 3
    assert Complaint.FAILED in await machine.complaints()

    machine.clinic.clock.forward(minutes=9)
    await machine.backups.keep()
    assert len(backups_in(machine.own)) == 3
    machine.clinic.clock.forward(minutes=1)
    await machine.backups.keep()
    assert len(backups_in(machine.own)) == 4
    assert Complaint.FAILED not in await machine.complaints()


async def test_a_server_that_makes_no_backups_complains_of_nothing(machine: Machine) -> None:
    machine.backups = machine.started(own=None)

    await machine.backups.keep()

    assert not machine.own.exists()
    assert not (await machine.backups.status()).is_on
    assert await machine.complaints() == []


async def test_keys_that_are_given_are_kept_by_whoever_gives_them(machine: Machine) -> None:
    machine.keys = Keyring(given="k:" + "A" * 43 + "=")
    machine.backups = machine.started()

    assert await machine.backups.is_key_copied()


async def test_with_a_recovery_key_backups_are_encrypted_and_nobody_has_to_copy_the_documents_keys(
    machine: Machine,
) -> None:
    secret = await machine.backups.make_recovery_key()

    await machine.backups.keep()

    newest = await machine.backups.newest_good()
    assert newest
    assert is_encrypted(backups_in(machine.second)[0].file)
    with readable(newest.file, secret) as plain, closing(sqlite3.connect(plain)) as opened:
        assert secret not in str(opened.execute("SELECT * FROM setting").fetchall())
    assert await machine.complaints() == []


async def test_only_one_process_of_several_makes_it(machine: Machine) -> None:
    with alone_in(machine.own):
        await machine.backups.keep()

    assert backups_in(machine.own) == []


async def test_what_one_process_could_not_do_and_another_one_has_done_since_is_no_complaint(machine: Machine) -> None:
    await machine.backups.keep()
    machine.clinic.clock.forward(hours=2)
    shutil.rmtree(machine.own)
    machine.own.write_text("no folder")
    await machine.backups.keep()
    assert Complaint.FAILED in await machine.complaints()

    machine.own.unlink()
    await machine.started().keep()
    machine.clinic.clock.forward(minutes=11)
    await machine.backups.keep()

    assert Complaint.FAILED not in await machine.complaints()
