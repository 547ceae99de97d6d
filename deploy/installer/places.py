"""Where an installed Smart Queue lies. Nothing but the standard library: it runs before anything is installed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

USER = "smart-queue"
SERVER = "smart-queue.service"
UPDATE = "smart-queue-update.service"
RECOVER = "smart-queue-recover.service"


@dataclass(frozen=True)
class Places:
    """`root` is `/`, and another folder in tests.

    `link` leads to the version in use, one of the folders in `versions`; which one is decided by one rename. `state`
    is there while an update is not decided yet, and `copy` is the database as it was before it.
    """

    root: Path = Path("/")

    @property
    def link(self) -> Path:
        return self.root / "opt/smart-queue"

    @property
    def versions(self) -> Path:
        return self.root / "opt/smart-queue-versions"

    @property
    def state(self) -> Path:
        return self.versions / "update.json"

    @property
    def environment(self) -> Path:
        return self.root / "etc/smart-queue/environment"

    @property
    def units(self) -> Path:
        return self.root / "etc/systemd/system"

    @property
    def data(self) -> Path:
        return self.root / "var/lib/smart-queue"

    @property
    def copy(self) -> Path:
        return self.data / "before-update.copy"

    @property
    def command(self) -> Path:
        return self.root / "usr/local/bin/smart-queue"

    @property
    def trial(self) -> Path:
        """Settings under which a new version shows that it can serve; gone when the machine starts again."""
        return self.root / "run/smart-queue-trial"

    @property
    def trial_unit(self) -> Path:
        return self.root / "run/systemd/system" / f"{SERVER}.d" / "trial.conf"

    @property
    def screen(self) -> Path:
        """What a kiosk's or a display's machine shows."""
        return self.root / "etc/smart-queue/screen"

    @property
    def screen_key(self) -> Path:
        return self.root / "etc/smart-queue/screen.key"

    @property
    def screen_state(self) -> Path:
        return self.versions / "screen-update.json"

    @property
    def screen_version(self) -> Path:
        """Names the version that the screen has; `screen_refused` names one that did not become ready there."""
        return self.versions / "screen.version"

    @property
    def screen_refused(self) -> Path:
        return self.versions / "screen.refused"

    @property
    def fetched(self) -> Path:
        """What came from the server, until the update to it is decided; `before`: what it replaces."""
        return self.versions / "fetched"

    @property
    def before(self) -> Path:
        return self.versions / "before"
