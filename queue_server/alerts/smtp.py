"""E-mail over SMTP, encrypted as the settings say (RFC 5321, RFC 3207, RFC 8314)."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTPException, SMTPRecipientRefused, SMTPResponseException

from queue_server.alerts.settings import AlertSettings
from queue_server.domain.alerts.alerts import Channel, Later, Message, Outcome, Refused, Sent, Unknown

#: How a letter is written: lines as on the wire, encoded where a text is not ASCII.
SEVEN_BITS = WIRE.clone(cte_type="7bit")
#: Seconds for each step of the conversation; there are half a dozen short ones.
STEP_S = 10.0

Security = Literal["starttls", "tls", "none"]


class EmailDriver:
    """One connection a message. A mail server does not notice repetitions."""

    channel = Channel.EMAIL
    is_repeatable = False

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        security: Security = "starttls",
        login: str = "",
        password: str = "",
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._sender = sender
        self._connect: Callable[[], aiosmtplib.SMTP] = lambda: aiosmtplib.SMTP(
            hostname=host,
            port=port,
            use_tls=security == "tls",
            start_tls=security == "starttls",
            username=login or None,
            password=password or None,
            tls_context=trust,
            timeout=STEP_S,
        )

    async def send(self, message: Message) -> Outcome:
        """The mail server has the letter, or not; only after the whole letter was sent can it be unknown."""
        client = self._connect()
        try:
            await client.connect()
        except aiosmtplib.SMTPAuthenticationError:
            return Later("the mail server refuses the login")
        except (SMTPException, OSError, ValueError) as error:
            return Later(f"no mail server: {type(error).__name__}")
        try:
            return await self._deliver(client, message)
        finally:
            client.close()

    async def _deliver(self, client: aiosmtplib.SMTP, message: Message) -> Outcome:
        if (refusal := await self._introduce(client, message.to)) is not None:
            return refusal
        try:
            await client.data(letter(message, self._sender).as_bytes())
        except SMTPResponseException as error:
            reason = f"the mail server refuses the e-mail ({error.code})"
            return Refused(reason) if error.code >= 500 else Later(reason)
        except SMTPException as error:
            return Unknown(f"no answer to the e-mail: {type(error).__name__}")
        return Sent(f"{message.id}@{_domain(self._sender)}")

    async def _introduce(self, client: aiosmtplib.SMTP, to: str) -> Outcome | None:
        """Name sender and addressee; what stands in the way, if anything."""
        try:
            await client.mail(self._sender)
            await client.rcpt(to)
        except SMTPRecipientRefused as error:
            if error.code >= 500:
                return Refused(f"the mail server refuses the address ({error.code})", is_bad_address=True)
            return Later(f"the mail server refuses the address for now ({error.code})")
        except SMTPResponseException as error:
            return Later(f"the mail server refuses the sender ({error.code})")
        except SMTPException as error:
            return Later(f"the mail server closed the connection: {type(error).__name__}")
        return None


def letter(message: Message, sender: str) -> EmailMessage:
    """The letter in plain text, in lines of seven bits that every mail server takes.

    Its Message-ID is made of the message's id, so that reports can be matched. Where the message names an address to
    stop such letters, mail programs show a button (RFC 2369); over https one press is enough (RFC 8058).
    """
    made = EmailMessage(policy=SEVEN_BITS)
    made["From"], made["To"], made["Subject"] = sender, message.to, " ".join(message.subject.split())
    # "+0000" is a clock's zone; "-0000", which formatdate gives, means that nothing is known of it (RFC 5322, 3.3).
    made["Date"], made["Message-ID"] = format_datetime(datetime.now(UTC)), f"<{message.id}@{_domain(sender)}>"
    # No out-of-office reply may come back (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = message.language
    if stop := str(message.data.get("stop") or ""):
        made["List-Unsubscribe"] = f"<{stop}>"
        if stop.startswith("https://"):
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(message.body)
    return made


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip(">") or "localhost"


def configured(settings: AlertSettings, public_url: str) -> EmailDriver | None:
    """The driver of the settings' mail server, if there is one."""
    if not settings.smtp_host:
        return None
    trust = ssl.create_default_context()
    if settings.smtp_ca is not None:
        trust.load_verify_locations(settings.smtp_ca)
    return EmailDriver(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_from or f"queue@{settings.smtp_host}",
        security=settings.smtp_security,
        login=settings.smtp_login,
        password=settings.secret("smtp_password"),
        trust=trust,
    )
