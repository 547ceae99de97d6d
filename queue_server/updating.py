"""What the installer asks of the version that it installs: a copy of the database, and to put it back.

    python -m queue_server.updating copy FILE
    python -m queue_server.updating put-back FILE

The server is stopped meanwhile and has not served since the copy, so nothing has to be settled as after a restore.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import URL

from queue_server.settings import Settings
from queue_server.storage.engine.backup import CannotBackUp, back_up, restore
from queue_server.storage.engine.engines import database_url


def copy(url: URL, file: Path) -> None:
    """`file` is a whole copy of the database, never encrypted; none where there is no database yet."""
    if url.get_backend_name() == "postgresql" or Path(str(url.database)).exists():
        back_up(url, file)


def put_back(url: URL, file: Path) -> None:
    """The database is as it was; what an update had made of it is gone. May be repeated after a cut."""
    if not file.exists():
        return
    restore(url, file, is_kept=False)


def main(arguments: list[str]) -> int:
    """The exit status."""
    tasks = {"copy": copy, "put-back": put_back}
    if len(arguments) != 2 or arguments[0] not in tasks:
        sys.stderr.write("copy FILE or put-back FILE?\n")
        return 2
    try:
        tasks[arguments[0]](database_url(Settings().database_url), Path(arguments[1]))
    except CannotBackUp as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
