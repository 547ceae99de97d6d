"""HTTPS in a network without a name on the internet: what browsers and TLS libraries make of our own authority."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queue_server.local_authority import CERTIFICATE_LASTS, LocalAuthority, own_names, server_name

#: OpenSSL looks at the machine's own clock; a certificate knows no fractions of a second.
NOW = datetime.now(UTC).replace(microsecond=0)
NAMES = ["clinic.local", "clinic", "192.168.1.20", "localhost", "127.0.0.1", "::1"]


def greeted_as(authority: LocalAuthority, name: str, trust: Path) -> bool:
    """Whether a client that trusts `trust` finishes the handshake with the server under this name."""
    ours, theirs = socket.socketpair()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(authority.server)

    def answer() -> None:
        try:
            server.wrap_socket(theirs, server_side=True).close()
        except (ssl.SSLError, OSError):
            theirs.close()

    answering = threading.Thread(target=answer)
    answering.start()
    client = ssl.create_default_context(cafile=trust)
    try:
        client.wrap_socket(ours, server_hostname=name).close()
    except ssl.SSLError:
        return False
    finally:
        ours.close()
        answering.join()
    return True


@pytest.fixture
def authority(tmp_path: Path) -> LocalAuthority:
    made = LocalAuthority(tmp_path / "tls")
    made.prepare(NAMES, NOW)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_whoever_trusts_the_authority_reaches_the_server_by_each_of_its_names(
    authority: LocalAuthority, name: str
) -> None:
    assert greeted_as(authority, name, authority.certificate)
    assert not greeted_as(authority, "elsewhere.local", authority.certificate)


def test_nobody_believes_the_authority_about_names_of_the_internet(authority: LocalAuthority) -> None:
    authority.sign(["bank.example"], NOW)

    assert not greeted_as(authority, "bank.example", authority.certificate)


def test_a_name_of_the_internet_may_be_given_and_then_only_this_one(tmp_path: Path) -> None:
    made = LocalAuthority(tmp_path)
    made.prepare(["queue.example", "203.0.113.9"], NOW)

    assert greeted_as(made, "queue.example", made.certificate)
    assert greeted_as(made, "203.0.113.9", made.certificate)


def test_what_is_secret_can_be_read_by_nobody_else(authority: LocalAuthority) -> None:
    folder = authority.server.parent

    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}

    assert modes == {"authority.crt": 0o644, "authority.key": 0o600, "server.pem": 0o600}


def test_devices_need_not_be_told_again_while_the_authority_covers_the_names(authority: LocalAuthority) -> None:
    trusted, before = authority.fingerprint, authority.server.read_bytes()

    nothing = authority.prepare(NAMES, NOW)
    same = authority.server.read_bytes() == before
    moved = authority.prepare(["clinic.local", "10.1.2.3"], NOW)

    assert (nothing, same, moved, authority.fingerprint) == (False, True, False, trusted)
    assert greeted_as(authority, "10.1.2.3", authority.certificate)
    assert authority.prepare(["queue.example"], NOW)
    assert authority.fingerprint != trusted


def test_the_certificate_is_renewed_a_month_before_its_end_for_the_same_names(authority: LocalAuthority) -> None:
    ends_at = authority.ends_at

    early = authority.renew(ends_at - timedelta(days=31))
    late = authority.renew(ends_at - timedelta(days=29))

    assert (early, late) == (False, True)
    assert authority.ends_at == ends_at - timedelta(days=29) + CERTIFICATE_LASTS
    assert authority.names == NAMES


def test_the_own_names_hold_the_machines_name_and_its_address() -> None:
    names = own_names("192.168.1.20")

    assert {"192.168.1.20", "localhost", "127.0.0.1", "::1"} < set(names)
    assert names[0].endswith(".local")


@pytest.mark.parametrize(
    "text", ["", "क्लिनिक.local", "a b", "*", "a..b", "http://queue.local", "192.168.1.0/24", "x" * 64, "fe80::1%eth0"]
)
def test_what_no_certificate_can_be_for_is_not_a_name_of_the_server(text: str) -> None:
    with pytest.raises(ValueError, match="is neither a name"):
        server_name(text)


def test_a_name_is_written_as_browsers_ask_for_it() -> None:
    assert [server_name(text) for text in ("Queue.Local.", "192.168.1.20", "FD00::0:1")] == [
        "queue.local",
        "192.168.1.20",
        "fd00::1",
    ]
