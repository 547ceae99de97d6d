"""The database takes no changes, or does not answer; nothing that was acknowledged is lost."""

from __future__ import annotations

from typing import ClassVar

from queue_server.domain.errors.base import Unavailable


class DatabaseFault(Unavailable):
    """Whatever was asked was not done; it may be asked again in `retry_after_s` (in the details) seconds."""

    code = "database_fault"
    sentence: ClassVar[str] = "The database failed."
    retry_after_s: ClassVar[int] = 5

    def __init__(self) -> None:
        super().__init__(f"{self.sentence} Nothing was changed.", retry_after_s=self.retry_after_s)


class DatabaseBusy(DatabaseFault):
    """Another program holds the lock, or every connection is taken."""

    code = "database_busy"
    sentence = "The database is busy."
    retry_after_s = 2


class DatabaseFull(DatabaseFault):
    """There is no room for what is new."""

    code = "database_full"
    sentence = "There is no room left for the database."
    retry_after_s = 30


class DatabaseReadOnly(DatabaseFault):
    """It can be read, and not be written."""

    code = "database_read_only"
    sentence = "The database cannot be written to."
    retry_after_s = 30


class DatabaseDamaged(DatabaseFault):
    """The disk gives errors, or the file is no longer what was written."""

    code = "database_damaged"
    sentence = "The database's disk or file is damaged."
    retry_after_s = 30


class DatabaseAway(DatabaseFault):
    """It cannot be reached: it restarts, the network is down, or the file is gone."""

    code = "database_away"
    sentence = "The database cannot be reached."
