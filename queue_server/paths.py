"""Where templates, static files and migrations lie: beside the package in a checkout, inside it in a wheel.

And what is typed to run a command, which differs in the same way.
"""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent
_SHARE = _CHECKOUT if (_CHECKOUT / "migrations" / "env.py").exists() else _PACKAGE / "share"

TEMPLATES = _SHARE / "templates"
STATIC = _SHARE / "static"
MIGRATIONS = _SHARE / "migrations"

#: The documents as a site, where `scripts/docs` has made it or the wheel has brought it along.
DOCUMENTS = _CHECKOUT / "build" / "docs" if _SHARE == _CHECKOUT else _SHARE / "docs"

#: What this server was installed from (`deploy/installer/release.py`), to be handed out, if it was.
RELEASE = Path(sys.prefix) / "release"

#: What begins each command: in a checkout nothing called `smart-queue` is installed.
PROGRAM = "scripts/run" if _SHARE == _CHECKOUT else "smart-queue"

#: The list of medicines that comes with the program.
MEDICINES = _PACKAGE / "medicines.csv"


def agent_command(server: str, code: str) -> str:
    """What starts a print agent that enrols itself with the code; its printer's address is an example."""
    return (
        f"{PROGRAM} kiosk-agent --server {server} --code {code} --key-file agent.key --printer tcp://192.168.1.50:9100"
    )
