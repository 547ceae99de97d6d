"""A certificate authority of the clinic's own, for HTTPS in a network that has no name on the internet.

Service workers, microphones and web push work only over HTTPS, and no public authority signs for `192.168.1.20`. The
authority's certificate is trusted once on each device. So that nobody who steals its key can pretend to be a bank, it
may sign only for the names that it was made for and for private addresses (RFC 5280, 4.2.1.10). The server's own
certificate lasts for 395 days, which every browser takes, and is renewed by itself.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LASTS = timedelta(days=3_650)
CERTIFICATE_LASTS = timedelta(days=395)
RENEWED_BEFORE = timedelta(days=30)
#: A clock may be a little behind.
BACKDATED = timedelta(days=1)

_PRIVATE_DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
_PRIVATE_NETWORKS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "::1/128",
)

#: A name as DNS has it (RFC 1123, 2.1).
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_NAME = 253

Key = ec.EllipticCurvePrivateKey


class LocalAuthority:
    """The authority of one folder: `authority.crt` for everybody, `authority.key` and `server.pem` for the server."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "authority.crt"
        self._key = folder / "authority.key"
        #: The server's certificate and key in one file, so that both are replaced in one step.
        self.server = folder / "server.pem"

    @property
    def is_there(self) -> bool:
        """Whether it has been made."""
        return self._key.exists() and self.certificate.exists()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the authority's certificate as devices show it: pairs of digits with colons."""
        return (
            x509.load_pem_x509_certificate(self.certificate.read_bytes()).fingerprint(hashes.SHA256()).hex(":").upper()
        )

    @property
    def names(self) -> list[str]:
        """The names and addresses that the server's certificate is for."""
        own = self._own().extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return [str(name.value) for name in own]

    @property
    def ends_at(self) -> datetime:
        """When the server's certificate ends."""
        return self._own().not_valid_after_utc

    def prepare(self, names: Sequence[str], now: datetime) -> bool:
        """The server has a certificate for exactly these names; True when devices must trust a new authority for it.

        The authority is made anew only when it is missing, ends soon, or may not sign for one of the names.
        """
        is_new = not self.is_there or not self._covers(names, now)
        if is_new:
            self._make(names, now)
        if is_new or not self.server.exists() or set(self.names) != set(names):
            self.sign(names, now)
        self.renew(now)
        return is_new

    def renew(self, now: datetime) -> bool:
        """The server's certificate lasts for another month at least; True when it was made anew for that."""
        if self.ends_at - now > RENEWED_BEFORE:
            return False
        self.sign(self.names, now)
        return True

    def _own(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.server.read_bytes())

    def _covers(self, names: Sequence[str], now: datetime) -> bool:
        made = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        permitted = made.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        is_lasting = made.not_valid_after_utc - now > CERTIFICATE_LASTS
        return is_lasting and all(_permits([tree.value for tree in permitted], name) for name in names)

    def _make(self, names: Sequence[str], now: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Smart Queue of {names[0]}"[:64])])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        made = (
            _builder(name, name, key.public_key(), now, AUTHORITY_LASTS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.NameConstraints(_subtrees(names), None), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(self._key, _pem(key), 0o600)
        _write(self.certificate, made.public_bytes(serialization.Encoding.PEM), 0o644)

    def sign(self, names: Sequence[str], now: datetime) -> None:
        """The server has a new certificate, with a new key, for these names."""
        authority = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        signing = cast(Key, serialization.load_pem_private_key(self._key.read_bytes(), None))
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
        lasts = min(CERTIFICATE_LASTS, authority.not_valid_after_utc - now)
        made = (
            _builder(name, authority.subject, key.public_key(), now, lasts)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
            .sign(signing, hashes.SHA256())
        )
        _write(self.server, made.public_bytes(serialization.Encoding.PEM) + _pem(key), 0o600)


def authority_of(certificate: Path | None) -> LocalAuthority | None:
    """The authority that signed this certificate of the server; None where it is somebody else's."""
    made = LocalAuthority(certificate.parent) if certificate else None
    return made if made and made.is_there and made.server == certificate else None


def server_name(text: str) -> str:
    """The name or address as a certificate has it. Raises `ValueError` for what is none of both."""
    with suppress(ValueError):
        # A scope ("%eth0") is this machine's word for its own network.
        return str(ipaddress.ip_address(text.replace("%", "/")))
    name = text.lower().removesuffix(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError(f"{text[:40]!r} is neither a name such as queue.local nor an address.")
    return name


def own_names(address: str) -> list[str]:
    """The names under which this machine is reached in its network; `address` is its own there."""
    host = socket.gethostname().split(".", maxsplit=1)[0].lower()
    return list(dict.fromkeys([f"{host}.local", host, address, "localhost", "127.0.0.1", "::1"]))


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, name, key, x509.random_serial_number(), now - BACKDATED, now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )  # fmt: skip


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subtrees(names: Sequence[str]) -> list[x509.GeneralName]:
    trees: list[x509.GeneralName] = [x509.DNSName(domain) for domain in _PRIVATE_DOMAINS]
    trees += [x509.IPAddress(ipaddress.ip_network(network)) for network in _PRIVATE_NETWORKS]
    for name in names:
        if not _permits([tree.value for tree in trees], name):
            own = _general(name)
            is_address = isinstance(own, x509.IPAddress)
            trees.append(x509.IPAddress(ipaddress.ip_network(name)) if is_address else own)
    return trees


def _permits(trees: Sequence[object], name: str) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return any(name == tree or name.endswith(f".{tree}") for tree in trees if isinstance(tree, str))
    networks = [tree for tree in trees if isinstance(tree, ipaddress.IPv4Network | ipaddress.IPv6Network)]
    return any(address in network for network in networks)


def _pem(key: Key) -> bytes:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    """The file holds this, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
