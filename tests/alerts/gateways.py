"""Servers that behave like the gateways that messages go to: an SMS gateway over HTTP, a mail server, on loopback."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message as Letter
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.waiting import take_time


@dataclass(frozen=True)
class Asked:
    """One request as the gateway got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def fields(self) -> dict[str, str]:
        """The fields of a form."""
        return {name: values[0] for name, values in parse_qs(self.body).items()}


@dataclass(frozen=True)
class Reply:
    """What the gateway answers; without a status it hangs up, with `after_s` it takes its time."""

    status: int | None = 201
    body: str = '{"sid": "SM1", "status": "queued"}'
    headers: str = ""
    after_s: float = 0.0


@dataclass
class HttpGateway:
    """An HTTP server that answers with `reply(asked)` and remembers what it was asked."""

    reply: Callable[[Asked], Reply] = lambda asked: Reply()
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = head.split("\r\n")
            method, path, _ = lines[0].split(" ")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            asked = Asked(method, path, headers, body)
            self.asked.append(asked)
            await self._answer(writer, self.reply(asked))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        await take_time(reply.after_s)
        if reply.status is not None:
            content = reply.body.encode()
            head = (
                f"HTTP/1.1 {reply.status} X\r\nContent-Length: {len(content)}\r\nConnection: close\r\n{reply.headers}"
            )
            writer.write(head.encode() + b"\r\n" + content)
            await writer.drain()


@asynccontextmanager
async def an_http_gateway(reply: Callable[[Asked], Reply] | Reply = Reply()) -> AsyncIterator[HttpGateway]:
    """The gateway listens; afterwards it is gone."""
    gateway = HttpGateway(reply if callable(reply) else lambda asked: reply)
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    gateway.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield gateway
    finally:
        server.close()


@dataclass
class MailServer:
    """What `aiosmtpd` calls with each letter; `refusals`: address or "DATA" → the answer instead of taking it."""

    letters: list[Letter] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.refusals:
            return self.refusals["DATA"]
        content = envelope.content
        assert isinstance(content, bytes)
        self.contents.append(content)
        self.letters.append(message_from_bytes(content, policy=default))
        if "AFTER" in self.refusals:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 OK"


@asynccontextmanager
async def a_mail_server(
    trust: ssl.SSLContext | None = None, login: tuple[str, str] | None = None, *, is_tls_at_once: bool = False
) -> AsyncIterator[MailServer]:
    """The mail server listens, with STARTTLS (or TLS at once) and a login where they are given."""
    handler = MailServer()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=False)

    options: dict[str, Any] = {"loop": asyncio.get_running_loop(), "hostname": "localhost"}
    if trust is not None and not is_tls_at_once:
        options |= {"tls_context": trust, "require_starttls": True}
    if login is not None:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": trust is not None}
    loop = asyncio.get_running_loop()
    tls = trust if is_tls_at_once else None
    server = await loop.create_server(lambda: SMTP(handler, **options), "127.0.0.1", 0, ssl=tls)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()


def a_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for the name localhost, and the file of the authority that vouches for it."""
    key, authority_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)

    def certificate(name: str, public: Any, *extensions: x509.ExtensionType) -> x509.Certificate:
        builder = x509.CertificateBuilder(
            issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")]),
            subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            public_key=public,
            serial_number=x509.random_serial_number(),
            not_valid_before=now - timedelta(days=1),
            not_valid_after=now + timedelta(days=1),
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(authority_key, hashes.SHA256())

    authority = certificate("Test authority", authority_key.public_key(), x509.BasicConstraints(True, None))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    own = certificate("localhost", key.public_key(), names)
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    (folder / "own.pem").write_bytes(
        own.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem")
    return context, folder / "authority.pem"
