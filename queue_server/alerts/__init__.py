"""Drivers: each sends the messages of one channel. A new one is one file here and its line in `MAKERS`."""

from __future__ import annotations

from collections.abc import Callable

from queue_server.alerts import sms_gateway, sms_twilio, smtp, web_push
from queue_server.alerts.settings import AlertSettings
from queue_server.domain.alerts.alerts import Channel, Driver

#: Each makes its driver from the settings and the server's public URL, or none when it is not configured. Of two for
#: one channel the first counts.
MAKERS: tuple[Callable[[AlertSettings, str], Driver | None], ...] = (
    smtp.configured,
    sms_twilio.configured,
    sms_gateway.configured,
    web_push.configured,
)


def configured(settings: AlertSettings, public_url: str) -> list[Driver]:
    """The drivers that the settings ask for, at most one for a channel."""
    made: dict[Channel, Driver] = {}
    for make in MAKERS:
        if (driver := make(settings, public_url)) is not None:
            made.setdefault(driver.channel, driver)
    return list(made.values())


__all__ = ["MAKERS", "AlertSettings", "configured"]
