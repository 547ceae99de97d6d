"""Settings of the login provider, from `QUEUE_OIDC_*` in the environment. Without an issuer there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from queue_server.domain.people.provider_logins import Mapped, read_mapping

_OWN_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class OidcSettings(BaseSettings):
    """Each name is read as `QUEUE_OIDC_<NAME>`. The secret may stand in a file instead."""

    model_config = SettingsConfigDict(env_prefix="QUEUE_OIDC_", extra="ignore", frozen=True)

    issuer: str = Field(default="", description="the provider's address, as it names itself")
    client_id: str = Field(default="", description="how it knows this server")
    client_secret: SecretStr = Field(default=SecretStr(""), description="the secret with it; empty for a public client")
    client_secret_file: Path | None = Field(default=None, description="the file that holds it")
    name: str = Field(default="Hospital login", max_length=40, description="what the button says")
    scopes: str = Field(default="openid profile", description="what is asked for, with spaces")
    groups_claim: str = Field(default="groups", description="where the token lists groups, such as realm_access.roles")
    roles: str = Field(default="", description="group=role with semicolons; whoever has none gets no account")

    @field_validator("issuer")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        if value and not is_safe(value):
            raise ValueError("The issuer must begin with https:// (http:// only on this machine).")
        return value

    @field_validator("roles")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        read_mapping(value)
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("QUEUE_OIDC_ISSUER needs QUEUE_OIDC_CLIENT_ID.")
        return self

    @property
    def mapped(self) -> Mapped:
        """Group → role."""
        return read_mapping(self.roles)

    @property
    def secret(self) -> str:
        """The client's secret. Raises `OSError` when its file cannot be read."""
        if self.client_secret_file is not None:
            return self.client_secret_file.read_text(encoding="utf-8").strip()
        return self.client_secret.get_secret_value()


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read or change what is said there."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _OWN_MACHINE)
