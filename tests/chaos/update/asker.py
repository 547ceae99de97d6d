"""Runs inside the machine, beside the server: takes number after number, and writes each down once it was promised.

    python3 asker.py PORT KEY FILE

Nothing but the standard library. While the server is away it tries on.
"""

import http.client
import json
import os
import ssl
import sys
import threading
import time
import uuid
from pathlib import Path


def ask(port: int, key: str) -> str:
    """The number that was given out; empty when nobody answered, or the server said no."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
    try:
        line.request("POST", "/api/v1/tokens", json.dumps({"department": "GEN"}), head)
        answer = line.getresponse()
        said = json.load(answer)
        return str(said["number"]) if answer.status in (200, 201) else ""
    except (OSError, http.client.HTTPException, ssl.SSLError, ValueError, KeyError):
        return ""
    finally:
        line.close()


def run(port: int, key: str, file: Path) -> None:
    """Goes on for ever; a line is the time and the number, and lies on the disk before the next one is asked for."""
    a_moment = threading.Event()
    with file.open("a") as out:
        while True:
            if number := ask(port, key):
                out.write(f"{time.monotonic():.2f} {number}\n")
                out.flush()
                os.fsync(out.fileno())
            a_moment.wait(0.05)


run(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
