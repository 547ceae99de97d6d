"""python-escpos, imported once and without what it leaves behind.

Version 3.1 makes a temporary folder for a cache at each import, and nobody removes it; no other process finds it. It is
made even where `ESCPOS_CAPABILITIES_PICKLE_DIR` names another folder, so setting that is no cure.
"""

import shutil
from functools import cache
from os import environ
from typing import Any


@cache
def capabilities() -> Any:
    """Its module of printer models; import nothing else of it before this was called."""
    from escpos import capabilities as loaded

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in environ:
        shutil.rmtree(loaded.pickle_dir, ignore_errors=True)
    return loaded
