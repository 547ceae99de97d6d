"""Web push: an encrypted note to the push service of the patient's browser, which shows it though no page is open.

Encryption is RFC 8291, the server's proof of itself RFC 8292 (VAPID). Browsers subscribe on https or localhost only.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from queue_server.alerts.gateway_http import Answer, ask, failure
from queue_server.alerts.settings import AlertSettings
from queue_server.domain.alerts.alerts import LIFETIME, AlertKind, Channel, Message, Outcome, Refused, Sent

if TYPE_CHECKING:
    from webpush import WebPush

#: Where browsers keep their push services. Other addresses are refused: whoever subscribes names the address, and this
#: server must not be made to knock at doors inside the clinic.
SERVICES = (
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://*.push.apple.com",
    "https://*.notify.windows.com",
)
#: What wakes a phone that sleeps.
URGENT = frozenset({AlertKind.SOON, AlertKind.NEXT, AlertKind.CALLED, AlertKind.MISSED})

_MAILTO = re.compile("^mailto:", re.IGNORECASE)  # the library puts it before every address
_NO_KEY = "The key for web push is no private key in PEM form."
_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY


class BadPushKey(ValueError):
    """The file holds no key for web push."""


class PushDriver:
    """Repeats safely: a note replaces the earlier one of the same id on the screen."""

    channel = Channel.PUSH
    is_repeatable = True

    def __init__(self, private_key: Callable[[], bytes], contact: str, services: Sequence[str] = SERVICES) -> None:
        """`private_key`: gives the PEM, on the curve P-256, when the first browser asks. `contact`: an e-mail address
        for the push services' operators, with `mailto:` before it or without.
        """
        self._private_key = private_key
        self._contact = _MAILTO.sub("", contact.strip())
        self._services = tuple(services)

    def public_key(self) -> str:
        """What a browser is given to subscribe, 65 bytes as unpadded base64 for URLs. Raises `BadPushKey`."""
        return self._keys[0]

    @cached_property
    def _keys(self) -> tuple[str, WebPush]:
        """The public key, and what seals notes."""
        # Ten megabytes, which a clinic whose patients ask for no notes does without.
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
        from webpush import VAPID, WebPush

        private = self._private_key()
        try:
            public = load_pem_private_key(private, None).public_key()
            pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            key = VAPID.get_application_server_key(public)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadPushKey(_NO_KEY) from error
        return key, WebPush(BytesIO(private), BytesIO(pem), self._contact)

    async def send(self, message: Message) -> Outcome:
        """The push service has the note, or says why not. Raises `BadPushKey`."""
        from webpush import WebPushSubscription

        _, sealing = self._keys
        try:
            subscription = WebPushSubscription.model_validate_json(message.to)
            address = str(subscription.endpoint)
            if not is_of(address, self._services):
                return Refused("this push service is not known here", is_bad_address=True)
            seconds = int(LIFETIME[message.kind].total_seconds())
            sealed = sealing.get(note(message), subscription, ttl=seconds)
        except (ValidationError, ValueError):
            return Refused("this is not a browser's push subscription", is_bad_address=True)
        headers = {name: str(value) for name, value in sealed.headers.items()}
        headers |= {"Content-Type": "application/octet-stream", "Topic": message.id[:32]}
        headers["Urgency"] = "high" if message.kind in URGENT else "normal"
        answer = await ask("POST", address, content=sealed.encrypted, headers=headers)
        return _judge(answer) if isinstance(answer, Answer) else answer


def note(message: Message) -> str:
    """What the browser's worker is told, as JSON: title, text, the page to open, and what it replaces."""
    shown = {"title": message.subject, "body": message.body, "link": message.data.get("link"), "tag": message.id}
    return json.dumps(shown | {"language": message.language, "is_urgent": message.kind in URGENT}, ensure_ascii=False)


def is_of(address: str, services: Sequence[str]) -> bool:
    """Whether the address is of one of these services: `https://host`, or `https://*.domain` for any host in it."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    for service in services:
        start, star, domain = service.partition("*")
        if origin == service or (star and origin.startswith(start) and origin.endswith(domain) and "@" not in origin):
            return True
    return False


def prepare_key(path: Path) -> bytes:
    """The key in the file, made when there is none; only its owner may read the file."""
    if not path.exists():
        from webpush import VAPID

        path.parent.mkdir(parents=True, exist_ok=True)
        made, _, _ = VAPID.generate_keys()
        # Another process may have been quicker; its key counts.
        with suppress(FileExistsError), os.fdopen(os.open(path, _NEW, 0o600), "wb") as file:
            file.write(made)
    return path.read_bytes()


def _judge(answer: Answer) -> Outcome:
    if answer.status in {404, 410}:
        return Refused("the browser no longer accepts notifications", is_bad_address=True)
    if 200 <= answer.status < 300:
        return Sent()
    return failure(answer) or Refused(f"the push service refuses the notification ({answer.status})")


def configured(settings: AlertSettings, public_url: str) -> PushDriver | None:
    """The driver, where browsers can subscribe: on https, or on this very machine.

    The key is made and read when the first browser asks; a file that is there and holds none is refused at once. Raises
    `OSError`, `BadPushKey`.
    """
    address = urlsplit(public_url)
    if settings.push_key is None or not (address.scheme == "https" or address.hostname in {"localhost", "127.0.0.1"}):
        return None
    if settings.push_key.exists() and b"PRIVATE KEY" not in settings.push_key.read_bytes():
        raise BadPushKey(_NO_KEY)
    services = tuple(settings.push_services.split()) or SERVICES
    contact = settings.push_contact or f"queue@{address.hostname}"
    return PushDriver(partial(prepare_key, settings.push_key), contact, services)
