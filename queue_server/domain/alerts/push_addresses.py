"""Addresses of browsers that have subscribed to web push."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from queue_server.domain.errors import BadInput

#: Push services' addresses are a few hundred characters long.
LONGEST_ENDPOINT = 1000
#: An uncompressed point on P-256, and the secret that RFC 8291 wants.
KEY_BYTES, SECRET_BYTES = 65, 16


def push_address(text: str) -> str:
    """The browser's subscription (`PushSubscription.toJSON`) with only what is needed, always written the same.

    Raises `BadInput` for anything else.
    """
    try:
        sent: Any = json.loads(text[: 4 * LONGEST_ENDPOINT])
        endpoint, keys = sent["endpoint"], sent["keys"]
        is_right = (
            isinstance(endpoint, str)
            and endpoint.startswith(("https://", "http://"))
            and endpoint.isascii()
            and endpoint.isprintable()
            and len(endpoint) <= LONGEST_ENDPOINT
            and len(_bytes(keys["p256dh"])) == KEY_BYTES
            and len(_bytes(keys["auth"])) == SECRET_BYTES
        )
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as error:
        raise BadInput("subscription", "This is no subscription of a browser.") from error
    if not is_right:
        raise BadInput("subscription", "This is no subscription of a browser.")
    kept = {"endpoint": endpoint, "keys": {name: _text(keys[name]) for name in ("auth", "p256dh")}}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(key: str) -> str:
    """The key as browsers write it: without padding, and nothing in it that is no base64."""
    return base64.urlsafe_b64encode(_bytes(key)).decode().rstrip("=")
