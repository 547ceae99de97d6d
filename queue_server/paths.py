"""Where templates, static files and migrations lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent
_SHARE = _CHECKOUT if (_CHECKOUT / "migrations" / "env.py").exists() else _PACKAGE / "share"

TEMPLATES = _SHARE / "templates"
STATIC = _SHARE / "static"
MIGRATIONS = _SHARE / "migrations"

#: The list of medicines that comes with the program.
MEDICINES = _PACKAGE / "medicines.csv"
