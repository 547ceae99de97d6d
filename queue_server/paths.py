"""Where templates, static files and migrations lie: beside the package in a checkout, inside it in a wheel.

And what is typed to run a command, which differs in the same way.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent
_SHARE = _CHECKOUT if (_CHECKOUT / "migrations" / "env.py").exists() else _PACKAGE / "share"

TEMPLATES = _SHARE / "templates"
STATIC = _SHARE / "static"
MIGRATIONS = _SHARE / "migrations"

#: What begins each command: in a checkout nothing called `smart-queue` is installed.
PROGRAM = "scripts/run" if _SHARE == _CHECKOUT else "smart-queue"

#: The list of medicines that comes with the program.
MEDICINES = _PACKAGE / "medicines.csv"
