"""Settings of ABDM's Scan and Register, from `QUEUE_ABDM_*` in the environment. Without them nothing of it is there."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class AbdmSettings(BaseSettings):
    """Each name is read as `QUEUE_<NAME>`. The secret may stand in a file instead, named by `…_FILE`."""

    model_config = SettingsConfigDict(env_prefix="QUEUE_", extra="ignore", frozen=True)

    abdm_hip_id: str = Field(default="", description="the clinic's id in the health facility registry")
    abdm_client_id: str = Field(default="", description="the client id that ABDM has given out")
    abdm_client_secret: SecretStr = Field(default=SecretStr(""), description="its secret")
    abdm_client_secret_file: Path | None = Field(default=None, description="the file that holds it")
    abdm_gateway_url: str = Field(
        default="https://dev.abdm.gov.in", description="the gateway: the sandbox's unless it is named"
    )
    abdm_code_url: str = Field(
        default="https://phrsbx.abdm.gov.in/share-profile", description="the page that the codes of counters lead to"
    )
    abdm_cm_id: str = Field(default="sbx", description="what X-CM-ID says; sbx in the sandbox")
    abdm_audience: str = Field(
        default="", description="for whom callbacks may be signed beside the client and the clinic, with commas"
    )
    abdm_expiry_s: int | None = Field(
        default=None, ge=1, description="seconds for which a number is valid, as the app is told; else the day's end"
    )

    @field_validator("abdm_gateway_url", "abdm_code_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def is_on(self) -> bool:
        """Whether everything is there that ABDM needs."""
        has_secret = bool(self.abdm_client_secret_file or self.abdm_client_secret.get_secret_value())
        return bool(self.abdm_hip_id and self.abdm_client_id and has_secret)

    @property
    def audiences(self) -> tuple[str, ...]:
        """For whom a callback may be signed."""
        more = (name.strip() for name in self.abdm_audience.split(","))
        return tuple(filter(None, (self.abdm_client_id, self.abdm_hip_id, *more)))

    def secret(self) -> str:
        """The client's secret, from its file if there is one. Raises `OSError` when the file cannot be read."""
        if self.abdm_client_secret_file is not None:
            return self.abdm_client_secret_file.read_text(encoding="utf-8").strip()
        return self.abdm_client_secret.get_secret_value()
