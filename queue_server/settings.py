"""Settings of a server process, from `QUEUE_*` in the environment and from flags."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from queue_server.domain.programs.webhooks import Network, networks


def _beside_the_database(known: dict[str, Any]) -> Path:
    """The folder of the SQLite file, so that both are found again together from whatever folder the server starts."""
    kind, _, path = known.get("database_url", "").partition(":///")
    return Path(path).parent if kind == "sqlite" and path else Path("queue-data")


class Settings(BaseSettings):
    """Each name is read from the environment as `QUEUE_<NAME>`; a flag of the command goes before it."""

    model_config = SettingsConfigDict(env_prefix="QUEUE_", extra="ignore", frozen=True)

    database_url: str = Field(default="sqlite:///queue-data/queue.db", description="sqlite:///path or postgresql://…")
    host: str = Field(default="127.0.0.1", description="address to listen on; 0.0.0.0 for every network")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on")
    public_url: str = Field(default="", description="how phones reach this server, for example https://queue.example")
    workers: int = Field(default=1, ge=1, le=16, description="server processes; more than one needs PostgreSQL")
    printer: str = Field(default="", description="a printer on the server's own network, such as tcp://host:9100")
    printer_place: str = Field(default="entrance", description="the place whose slips that printer prints")
    printer_width: int = Field(default=80, description="width of its paper in millimetres, 58 or 80")
    printer_profile: str = Field(default="", description="its model by python-escpos, such as TM-T88V")
    printer_dots: int | None = Field(
        default=None, description="its printable dots across, where they are not those of its model or paper"
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1", description="addresses or networks whose X-Forwarded-For is believed, with commas"
    )
    data: Path = Field(
        default_factory=_beside_the_database,
        description="folder for what is not in the database; the SQLite file's own unless it is named",
    )
    document_keys: str = Field(
        default="", description="master keys of the documents, ID:BASE64 with commas, the one in use first"
    )
    document_key_file: Path | None = Field(
        default=None, description="file of those keys when they are not given (document.keys in the data folder)"
    )
    backup_hours: int = Field(
        default=1, ge=0, le=24, description="the server makes a backup every so many hours; 0 for none"
    )
    backup_folder: Path | None = Field(
        default=None, description="an existing folder on another disk, to which each backup is copied"
    )
    lock_minutes: int = Field(default=10, ge=1, le=720, description="a staff screen locks after so many idle minutes")
    second_factor: Literal["chosen", "administrators"] = Field(
        default="chosen", description="who needs a code beside the password: whoever chose it, or administrators too"
    )
    webhook_networks: str = Field(
        default="", description="private networks that webhooks may reach, such as 192.168.1.0/24, with commas"
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="text for a terminal, json for a program that gathers logs"
    )
    tls_cert: Path | None = Field(default=None, description="certificate file, to serve HTTPS without a proxy")
    tls_key: Path | None = Field(default=None, description="key file of the certificate")

    @field_validator("database_url")
    @classmethod
    def _under_its_full_name(cls, value: str) -> str:
        """Many platforms write `postgres://`."""
        return value.replace("postgres://", "postgresql://", 1) if value.startswith("postgres://") else value

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("webhook_networks")
    @classmethod
    def _networks_exist(cls, value: str) -> str:
        networks(value)
        return value

    @property
    def networks(self) -> tuple[Network, ...]:
        """The private networks that webhooks may reach."""
        return networks(self.webhook_networks)

    @property
    def phone_url(self) -> str:
        """What the links on slips begin with: the public URL, else this machine's own address."""
        return self.public_url or self.own_url

    @property
    def own_url(self) -> str:
        """Where the server answers in the local network, whatever stands before it."""
        scheme = "https" if self.tls_cert else "http"
        return f"{scheme}://{own_address(self.host)}:{self.port}"

    @property
    def is_behind_proxy(self) -> bool:
        """Whether people reach the server at another port or over another scheme than it listens on itself."""
        if not self.public_url:
            return False
        told = urlsplit(self.public_url)
        port = told.port or {"http": 80, "https": 443}.get(told.scheme)
        return (told.scheme, port) != ("https" if self.tls_cert else "http", self.port)

    def changed(self, **values: Any) -> Settings:
        """These settings with other values where they are given (not none)."""
        return Settings.model_validate(
            self.model_dump(exclude_unset=True) | {k: v for k, v in values.items() if v is not None}
        )


def own_address(host: str) -> str:
    """The address at which others in the local network reach a server that listens on `host`."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104  (a comparison)
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only asks which own address would be used.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
