"""What a server carries with it from its start, and what only who needs it."""

from __future__ import annotations

import json
import subprocess
import sys

#: Libraries that take megabytes, and that many a clinic never uses.
SELDOM_USED = {
    "PIL": "slips that are drawn on this machine, pictures of papers",
    "alembic": "migrating",
    "asyncpg": "PostgreSQL",
    "cryptography": "documents, keepers, web push, a certificate of one's own, login providers, ABDM",
    "joserfc": "login providers, ABDM",
    "pyrage": "encrypted backups",
    "qrcode": "codes on pages and slips",
    "reportlab": "papers, which a process of its own makes",
    "webpush": "notes to browsers",
    "xlsxwriter": "tables for Excel",
}


def test_what_is_seldom_used_is_imported_when_it_is_used() -> None:
    program = "import json, sys, queue_server.cli; print(json.dumps([name.partition('.')[0] for name in sys.modules]))"

    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    assert SELDOM_USED.keys() & set(json.loads(said)) == set()
