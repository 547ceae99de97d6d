"""`smart-queue serve` that is started again the moment it dies, from a process that has imported everything already.

    CHAOS_MUTANT=NAME python -m tests.chaos.history.launcher PIDFILE serve --database-url …

The id of the serving process is in PIDFILE. With a mutant's name its code is changed, in memory only; see `mutations`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.chaos.history.mutations import MUTANTS, POSTGRES_MUTANTS, mutate


def main(pid_file: Path, arguments: list[str]) -> None:
    """Serve for ever; whoever kills the serving process gets the next one."""
    if name := os.environ.get("CHAOS_MUTANT"):
        mutate({**MUTANTS, **POSTGRES_MUTANTS}[name])
    from queue_server import app, cli, serving

    assert app
    assert serving
    while True:
        child = os.fork()
        if child == 0:
            os._exit(cli.main(arguments))
        made = pid_file.with_suffix(".new")
        made.write_text(str(child))
        made.rename(pid_file)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
