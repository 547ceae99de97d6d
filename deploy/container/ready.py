"""Whether the server of this container can serve: exit status 0 when `/readyz` says so, else 1 with the reason."""

import os
import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection

WITHIN_S = 4


def connection() -> HTTPConnection:
    """A connection to the server on this machine, whose certificate need not bear this machine's name."""
    port = int(os.environ.get("QUEUE_PORT", "8000"))
    if not os.environ.get("QUEUE_TLS_CERT"):
        return HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return HTTPSConnection("127.0.0.1", port, timeout=WITHIN_S, context=context)


def main() -> int:
    """The exit status."""
    try:
        asked = connection()
        asked.request("GET", "/readyz")
        answer = asked.getresponse()
    except (OSError, HTTPException) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(answer.read().decode())
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
