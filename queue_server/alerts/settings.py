"""Settings of the alert channels, from `QUEUE_*` in the environment. Without any, nobody is alerted."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class AlertSettings(BaseSettings):
    """Each name is read as `QUEUE_<NAME>`. A secret may stand in a file instead, named by `QUEUE_<NAME>_FILE`."""

    model_config = SettingsConfigDict(env_prefix="QUEUE_", extra="ignore", frozen=True)

    smtp_host: str = Field(default="", description="the mail server; e-mail is sent when it is given")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port: 587, or 465 with tls")
    smtp_security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="starttls, tls or none")
    smtp_ca: Path | None = Field(default=None, description="certificates to trust beside the system's")
    smtp_login: str = Field(default="", description="the login there, if it wants one")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="its password")
    smtp_password_file: Path | None = Field(default=None, description="the file that holds it")
    smtp_from: str = Field(default="", description="the sender's address")

    twilio_account: str = Field(default="", description="Twilio's account id (AC…); SMS go through it when given")
    twilio_secret: SecretStr = Field(default=SecretStr(""), description="its auth token")
    twilio_secret_file: Path | None = Field(default=None, description="the file that holds it")
    twilio_from: str = Field(default="", description="the sending number, or a messaging service's id (MG…)")
    twilio_url: str = Field(default="https://api.twilio.com", description="where Twilio's interface is")

    sms_url: str = Field(default="", description="another SMS gateway's address, with {to}, {text}, {id}, …")
    sms_body: str = Field(default="", description="what is posted there, with the same places; empty for GET")
    sms_content_type: str = Field(default="application/json", description="the body's type")
    sms_header: str = Field(default="", description="a header with the key, such as 'authkey: {secret}'")
    sms_secret: SecretStr = Field(default=SecretStr(""), description="what {secret} stands for")
    sms_secret_file: Path | None = Field(default=None, description="the file that holds it")
    sms_sender: str = Field(default="", description="what {sender} stands for: the registered header")
    sms_templates: Path | None = Field(default=None, description="JSON file: alert and language → template id")
    sms_ok: str = Field(default="", description="what the answer says when the message was taken, such as type=success")
    sms_id_field: str = Field(default="", description="where the answer holds its id, such as data.0.id")
    sms_is_repeatable: bool = Field(default=False, description="whether it drops a repeated {id}")
    sms_timeout_s: float = Field(default=30.0, gt=0, le=35, description="how long an SMS gateway may take, in seconds")

    push_key: Path | None = Field(default=None, description="the file with the key for web push; made if missing")
    push_contact: str = Field(default="", description="an e-mail address for the operators of push services")
    push_services: str = Field(default="", description="push services instead of the known ones, such as https://host")

    alerts_secret: SecretStr = Field(default=SecretStr(""), description="the secret part of the address of reports")
    alerts_secret_file: Path | None = Field(default=None, description="the file that holds it")

    def secret(self, name: str) -> str:
        """The secret of this name, from its file if there is one. Raises `OSError` when the file cannot be read."""
        file: Path | None = getattr(self, f"{name}_file")
        if file is not None:
            return file.read_text(encoding="utf-8").strip()
        value: SecretStr = getattr(self, name)
        return value.get_secret_value()
