"""Web push: the push service gets what only the patient's browser can read, and what it answers is understood."""

from __future__ import annotations

import asyncio
import base64
import json
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from queue_server.alerts.settings import AlertSettings
from queue_server.alerts.web_push import BadPushKey, PushDriver, configured, is_of, prepare_key
from queue_server.domain.alerts.alerts import AlertKind, Later, Message, Outcome, Refused, Sent, Unknown
from queue_server.domain.alerts.push_addresses import push_address

POINT = (Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class PushService:
    """Takes notes for browsers on loopback, and answers with `status`."""

    url: str = ""
    status: int = 201
    head: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one note."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.head = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        self.body = await reader.readexactly(int(self.head["content-length"]))
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@dataclass
class Browser:
    """A browser that has subscribed: only it can read what is sent."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen secret b"

    @property
    def point(self) -> bytes:
        """The public key."""
        return self.key.public_key().public_bytes(*POINT)

    @property
    def subscription(self) -> str:
        """What the page sends."""
        keys = {"p256dh": coded(self.point), "auth": coded(self.secret)}
        return json.dumps({"endpoint": self.endpoint, "expirationTime": None, "keys": keys})

    def read(self, body: bytes) -> dict[str, object]:
        """The note, opened as RFC 8291 and RFC 8188 say."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        first = derived(self.secret, shared, b"WebPush: info\0" + self.point + sender, 32)
        key = derived(salt, first, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(salt, first, b"Content-Encoding: nonce\0", 12)
        opened = AESGCM(key).decrypt(nonce, sealed, None)
        assert opened.endswith(b"\x02")
        note: dict[str, object] = json.loads(opened[:-1])
        return note


def coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def derived(salt: bytes, secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, purpose).derive(secret)


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    """A push service that answers."""
    made = PushService()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made


@pytest.fixture
def driver(service: PushService, tmp_path: Path) -> PushDriver:
    """The driver, with a key of its own."""
    return PushDriver(partial(prepare_key, tmp_path / "keys" / "push.pem"), "desk@clinic.test", (service.url,))


async def send(driver: PushDriver, to: str) -> Outcome:
    """Somebody is called to room 3."""
    data = {"number": "G-012", "room": "3", "link": "http://queue.test/t/abc"}
    return await driver.send(Message("m" * 32, AlertKind.CALLED, to, "Clinic", "G-012: कमरा 3 में आइए", "hi", data))


async def test_only_the_patients_browser_can_read_the_note(driver: PushDriver, service: PushService) -> None:
    browser = Browser(f"{service.url}/send/1")

    assert await send(driver, push_address(browser.subscription)) == Sent()

    assert browser.read(service.body) == {
        "title": "Clinic",
        "body": "G-012: कमरा 3 में आइए",
        "link": "http://queue.test/t/abc",
        "tag": "m" * 32,
        "language": "hi",
        "is_urgent": True,
    }
    assert b"G-012" not in service.body
    assert (service.head["content-encoding"], service.head["ttl"]) == ("aes128gcm", "600")
    assert service.head["urgency"] == "high"


async def test_the_server_proves_itself_to_the_push_service(driver: PushDriver, service: PushService) -> None:
    await send(driver, Browser(f"{service.url}/send/1").subscription)

    proof, key = service.head["authorization"].removeprefix("vapid ").split(", ")
    point = base64.urlsafe_b64decode(key.removeprefix("k=") + "=")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(proof.removeprefix("t="), public, ["ES256"], audience="http://127.0.0.1")

    assert key == f"k={driver.public_key()}"
    assert claims["sub"] == "mailto:desk@clinic.test"


@pytest.mark.parametrize("contact", ["mailto:desk@clinic.test", " MAILTO:desk@clinic.test"])
async def test_the_contact_may_be_written_as_a_link(tmp_path: Path, service: PushService, contact: str) -> None:
    driver = PushDriver(partial(prepare_key, tmp_path / "push.pem"), contact, [service.url])

    await send(driver, Browser(f"{service.url}/send/1").subscription)

    proof = service.head["authorization"].removeprefix("vapid t=").split(", ")[0]
    assert jwt.decode(proof, options={"verify_signature": False})["sub"] == "mailto:desk@clinic.test"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (410, Refused("the browser no longer accepts notifications", is_bad_address=True)),
        (404, Refused("the browser no longer accepts notifications", is_bad_address=True)),
        (413, Refused("the push service refuses the notification (413)")),
        (429, Later("too many requests to the gateway (429)", 10.0)),
        (500, Unknown("the gateway failed (500)")),
    ],
)
async def test_what_the_push_service_answers_is_understood(
    driver: PushDriver, service: PushService, status: int, expected: Outcome
) -> None:
    service.status = status

    assert await send(driver, Browser(f"{service.url}/send/1").subscription) == expected


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1/x", "https://10.0.0.1/", "https://evil.test/", "ftp://x/"])
async def test_no_other_address_is_knocked_at(driver: PushDriver, service: PushService, endpoint: str) -> None:
    outcome = await send(driver, Browser(endpoint).subscription)

    assert isinstance(outcome, Refused)
    assert outcome.is_bad_address
    assert service.body == b""


@pytest.mark.parametrize(
    ("address", "is_known"),
    [
        ("https://web.push.apple.com/abc", True),
        ("https://push.apple.com.evil.test/abc", False),
        ("https://evil.test/https://web.push.apple.com", False),
        ("https://me@web.push.apple.com/", False),
        ("http://web.push.apple.com/abc", False),
        ("https://push.apple.com:8443/", False),
    ],
)
def test_a_service_is_known_by_its_whole_name(address: str, is_known: bool) -> None:
    assert is_of(address, ("https://*.push.apple.com",)) is is_known


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "push.pem"

    first = prepare_key(path)

    assert prepare_key(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_without_a_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "push.pem"
    path.write_bytes(b"not a key")

    with pytest.raises(BadPushKey):
        configured(AlertSettings(push_key=path), "https://queue.clinic.test")


def test_a_damaged_key_is_refused_when_it_is_used(tmp_path: Path) -> None:
    path = tmp_path / "push.pem"
    path.write_bytes(prepare_key(path)[:-60])

    driver = configured(AlertSettings(push_key=path), "https://queue.clinic.test")

    assert driver is not None
    with pytest.raises(BadPushKey):
        driver.public_key()
