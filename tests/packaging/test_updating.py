"""An update leaves the old version or the new one, and never neither, wherever it is cut."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.installer import settled, switch
from deploy.installer.machine import Failed
from deploy.installer.places import SERVER, Places
from queue_server import updating
from queue_server.storage.engine.engines import database_url

OLD, NEW = "0.1.0", "0.2.0"


class Cut(BaseException):
    """The power has gone."""


@dataclass
class Box:
    """A machine with two versions, of which the old one serves; systemd and the processes are played, files are real.

    The power goes before step `cut_at`, counted over everything that changes something.
    """

    places: Places
    is_able: bool = True
    cut_at: int = -1
    steps: int = 0
    running: str = ""
    listens_on: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.places.data / "queue.db"

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.cut_at:
            raise Cut

    def systemctl(self, task: str, *units: str) -> None:
        self.step()
        if task == "stop":
            self.running = ""
        if task == "start" and units == (SERVER,):
            self.running = self.places.link.resolve().name
            self.listens_on.append("trial" if self.places.trial_unit.exists() else "address")
            self._migrate(self.running)

    def as_server(self, places: Places, python: Path, *words: str | Path) -> str:
        """The version's `updating`, in this process."""
        self.step()
        *_, task, file = words
        {"copy": updating.copy, "put-back": updating.put_back}[str(task)](
            database_url(f"sqlite:///{self.database}"), Path(file)
        )
        return ""

    def becomes_ready(self, *_: object, **__: object) -> bool:
        return self.is_able and self.running != ""

    def finds_itself(self) -> tuple[str, str, str]:
        """The version that the link leads to, that of the service, and that of the database."""
        with closing(sqlite3.connect(self.database)) as file:
            (schema,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
            assert file.execute("SELECT count(*) FROM token").fetchone() == (3,)
        unit = (self.places.units / SERVER).read_text()
        return self.places.link.resolve().name, unit.removeprefix("# "), schema

    def power_comes_back(self) -> None:
        """What was on its way is lost; then the machine starts."""
        self.running, self.cut_at = "", -1
        for path in (self.places.trial, self.places.trial_unit):
            path.unlink(missing_ok=True)

    def _migrate(self, version: str) -> None:
        with closing(sqlite3.connect(self.database)) as file, file:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("UPDATE alembic_version SET version_num = ?", (version,))


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Box]:
    """Makes another box; the newest is the one on which the installer works."""
    numbers = itertools.count()

    def made() -> Box:
        box = Box(Places(tmp_path / str(next(numbers))))
        _install(box)
        for name in ("systemctl", "as_server", "becomes_ready"):
            monkeypatch.setattr(switch, name, getattr(box, name))
        for name in CHANGING:
            monkeypatch.setattr(settled, name, _counted(box, ORIGINAL[name]))
        return box

    return made


CHANGING = ("write", "copy", "point", "remove")
ORIGINAL: dict[str, Callable[..., None]] = {name: getattr(settled, name) for name in CHANGING}


def _counted(box: Box, original: Callable[..., None]) -> Callable[..., None]:
    def counted(*arguments: Any) -> None:
        box.step()
        original(*arguments)

    return counted


def _install(box: Box) -> None:
    places = box.places
    for version in (OLD, NEW):
        (places.versions / version / "units").mkdir(parents=True)
        (places.versions / version / "units" / SERVER).write_text(f"# {version}")
    for folder in (places.units, places.data, places.environment.parent, places.trial_unit.parent.parent):
        folder.mkdir(parents=True)
    places.environment.write_text("QUEUE_PORT=8000\n")
    (places.units / SERVER).write_text(f"# {OLD}")
    places.link.symlink_to(places.versions / OLD)
    with closing(sqlite3.connect(box.database)) as file, file:
        file.executescript("CREATE TABLE alembic_version (version_num TEXT); CREATE TABLE token (number TEXT);")
        file.execute("INSERT INTO alembic_version VALUES (?)", (OLD,))
        file.executemany("INSERT INTO token VALUES (?)", [("G1",), ("G2",), ("G3",)])


def plan(box: Box) -> None:
    switch.Update(str(box.places.versions / OLD), str(box.places.versions / NEW)).write(box.places)
    box.steps = 0


def test_the_new_version_serves_after_it_has_shown_on_a_port_of_its_own_that_it_can(make: Callable[[], Box]) -> None:
    box = make()
    plan(box)

    switch.go(box.places)

    assert box.finds_itself() == (NEW, NEW, NEW)
    assert box.listens_on == ["trial", "address"]
    assert not box.places.state.exists()
    assert not box.places.copy.exists()


def test_a_version_that_does_not_become_ready_leaves_the_old_one_and_its_database(make: Callable[[], Box]) -> None:
    box = make()
    box.is_able = False
    plan(box)

    with pytest.raises(Failed, match="did not become ready"):
        switch.go(box.places)
    switch.back(box.places)

    assert box.finds_itself() == (OLD, OLD, OLD)
    assert box.listens_on == ["trial"]


def test_wherever_the_power_goes_the_next_start_finds_one_version_whole(make: Callable[[], Box]) -> None:
    found = []
    for cut_at in itertools.count(1):
        box = make()
        plan(box)
        box.cut_at = cut_at
        try:
            switch.go(box.places)
        except Cut:
            box.power_comes_back()
        else:
            break
        switch.recover(box.places)
        found.append(box.finds_itself())
        assert not box.places.state.exists()
        assert not box.places.copy.exists()

    assert len(found) > 12
    assert set(found) == {(OLD,) * 3, (NEW,) * 3}
    assert found == sorted(found), "old until the decision, new from then on"


def test_the_way_back_may_be_cut_as_well(make: Callable[[], Box]) -> None:
    found = []
    for cut_at in itertools.count(1):
        box = make()
        box.is_able = False
        plan(box)
        with pytest.raises(Failed):
            switch.go(box.places)
        box.steps, box.cut_at = 0, cut_at
        try:
            switch.recover(box.places)
        except Cut:
            box.power_comes_back()
        else:
            break
        switch.recover(box.places)
        found.append(box.finds_itself())

    assert len(found) > 5
    assert set(found) == {(OLD,) * 3}


def test_what_was_installed_by_hand_as_a_folder_can_be_gone_back_to(make: Callable[[], Box]) -> None:
    for cut_at in (3, 5, 6, 7, 8, 9):
        box = make()
        by_hand = box.places.versions / "by-hand"
        box.places.link.unlink()
        (box.places.versions / OLD).rename(box.places.link)
        switch.Update(str(by_hand), str(box.places.versions / NEW)).write(box.places)
        box.steps, box.cut_at = 0, cut_at
        with pytest.raises(Cut):
            switch.go(box.places)
        box.power_comes_back()

        switch.recover(box.places)

        assert (box.places.link / "units" / SERVER).read_text() == f"# {OLD}"
