"""Letters to a real mail server on loopback."""

import ssl
from pathlib import Path

import pytest
from pydantic import SecretStr

from queue_server.alerts.settings import AlertSettings
from queue_server.alerts.smtp import EmailDriver, configured
from queue_server.domain.alerts.alerts import AlertKind, Later, Message, Refused, Sent, Unknown
from tests.alerts.gateways import a_certificate, a_mail_server

TO = "asha@mail.example"
MESSAGE = Message("4f" * 16, AlertKind.CALLED, TO, "क्लिनिक: G-012", "G-012: कृपया अभी कमरा 3 में आएँ।\n", "hi")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A mail server's certificate, and the file of its authority."""
    return a_certificate(tmp_path_factory.mktemp("certificate"))


def plain(port: int) -> EmailDriver:
    return EmailDriver("127.0.0.1", port, "queue@clinic.example", security="none")


async def test_a_letter_arrives_over_starttls_with_a_login(certificate: tuple[ssl.SSLContext, Path]) -> None:
    context, authority = certificate
    async with a_mail_server(context, ("queue", "secret")) as server:
        settings = AlertSettings(
            smtp_host="localhost",
            smtp_port=server.port,
            smtp_ca=authority,
            smtp_login="queue",
            smtp_password=SecretStr("secret"),
            smtp_from="queue@clinic.example",
        )
        driver = configured(settings, "http://queue.test")
        assert driver is not None

        outcome = await driver.send(MESSAGE)

    assert outcome == Sent(f"{MESSAGE.id}@clinic.example")
    [letter] = server.letters
    assert letter["To"] == TO
    assert letter["Subject"] == "क्लिनिक: G-012"
    assert letter["Message-ID"] == f"<{MESSAGE.id}@clinic.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "कमरा 3" in letter.get_content()  # type: ignore[attr-defined]


async def test_a_letter_arrives_over_tls_from_the_first_byte(certificate: tuple[ssl.SSLContext, Path]) -> None:
    context, authority = certificate
    async with a_mail_server(context, is_tls_at_once=True) as server:
        trust = ssl.create_default_context(cafile=str(authority))
        driver = EmailDriver("localhost", server.port, "queue@clinic.example", security="tls", trust=trust)

        assert isinstance(await driver.send(MESSAGE), Sent)


async def test_a_server_that_nobody_vouches_for_gets_nothing(certificate: tuple[ssl.SSLContext, Path]) -> None:
    async with a_mail_server(certificate[0]) as server:
        driver = EmailDriver("localhost", server.port, "queue@clinic.example", trust=ssl.create_default_context())

        assert isinstance(await driver.send(MESSAGE), Later)

    assert server.letters == []


async def test_a_server_without_encryption_gets_nothing_that_asks_for_it() -> None:
    async with a_mail_server() as server:
        driver = EmailDriver("localhost", server.port, "queue@clinic.example")

        assert isinstance(await driver.send(MESSAGE), Later)

    assert server.letters == []


async def test_a_wrong_password_can_be_put_right(certificate: tuple[ssl.SSLContext, Path]) -> None:
    context, authority = certificate
    async with a_mail_server(context, ("queue", "secret")) as server:
        trust = ssl.create_default_context(cafile=str(authority))
        driver = EmailDriver("localhost", server.port, "queue@clinic.example", login="queue", password="x", trust=trust)

        assert await driver.send(MESSAGE) == Later("the mail server refuses the login")


@pytest.mark.parametrize(
    ("where", "answer", "outcome"),
    [
        (TO, "550 no such user", Refused("the mail server refuses the address (550)", is_bad_address=True)),
        (TO, "450 try again", Later("the mail server refuses the address for now (450)")),
        ("DATA", "452 full", Later("the mail server refuses the e-mail (452)")),
        ("DATA", "554 spam", Refused("the mail server refuses the e-mail (554)")),
    ],
)
async def test_a_refusal_says_whether_it_is_for_good(where: str, answer: str, outcome: object) -> None:
    async with a_mail_server() as server:
        server.refusals[where] = answer

        assert await plain(server.port).send(MESSAGE) == outcome


async def test_a_server_that_hangs_up_after_the_letter_leaves_it_unknown() -> None:
    async with a_mail_server() as server:
        server.refusals["AFTER"] = "hang up"

        outcome = await plain(server.port).send(MESSAGE)

    assert isinstance(outcome, Unknown)
    assert len(server.letters) == 1


async def test_no_server_at_all_means_later() -> None:
    async with a_mail_server() as server:
        pass

    assert isinstance(await plain(server.port).send(MESSAGE), Later)


def test_without_a_mail_server_there_is_no_driver() -> None:
    assert configured(AlertSettings(smtp_host=""), "http://queue.test") is None
