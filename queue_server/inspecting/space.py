"""How much memory a child has: 256 MB, and more for one child at a time whose picture cannot be read in less."""

from __future__ import annotations

import fcntl
import os
import resource
import signal

from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting.refused import Refused

#: Bytes of address space: every child's, and the most that one child is given.
SPACE = 256 * 1024 * 1024
LARGEST_SPACE = 1024 * 1024 * 1024

#: Children inherit it; whoever holds its lock is the one that has more.
_TURN = os.memfd_create("turn")


def widen(needed: int) -> None:
    """This process may use so many bytes, once no other child uses more than `SPACE`; waiting costs it no time.

    Nothing happens where that much is allowed already. Raises `Refused` above `LARGEST_SPACE`.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_AS)
    if allowed == resource.RLIM_INFINITY or needed <= allowed:
        return
    if needed > most:
        raise Refused(Refusal.TOO_MANY_PIXELS)
    left = signal.alarm(0)
    fcntl.lockf(_TURN, fcntl.LOCK_EX)  # given back when the process ends, however it ends
    signal.alarm(left)
    resource.setrlimit(resource.RLIMIT_AS, (needed, most))
