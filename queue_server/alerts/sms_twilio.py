"""SMS through Twilio's REST interface: one POST to the account's Messages."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import httpx2

from queue_server.alerts.gateway_http import TIMEOUT, Answer, ask, failure, patience
from queue_server.alerts.settings import AlertSettings
from queue_server.domain.alerts.alerts import Channel, Message, Outcome, Refused, Sent, Unknown

#: Twilio's codes for numbers to which nothing can be sent: invalid, not a mobile, unreachable, opted out.
BAD_NUMBERS = frozenset({21211, 21214, 21217, 21610, 21612, 21614})


class TwilioDriver:
    """Twilio does not notice repetitions; what became of an unknown message its status callback tells."""

    channel = Channel.SMS
    is_repeatable = False

    def __init__(
        self,
        account: str,
        secret: str,
        sender: str,
        *,
        url: str = "https://api.twilio.com",
        callback: str = "",
        patience: httpx2.Timeout = TIMEOUT,
    ) -> None:
        self._login = (account, secret)
        self._url = f"{url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._sender = sender
        self._callback = callback
        self._patience = patience

    async def send(self, message: Message) -> Outcome:
        """Twilio has the message, or says why not."""
        fields = {"To": message.to, "Body": message.body}
        fields["MessagingServiceSid" if self._sender.startswith("MG") else "From"] = self._sender
        if self._callback:
            fields["StatusCallback"] = f"{self._callback}?message={message.id}"
        answer = await ask(
            "POST",
            self._url,
            content=urlencode(fields).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            login=self._login,
            within=self._patience,
        )
        if not isinstance(answer, Answer):
            return answer
        return failure(answer) or _judge(answer)


def _judge(answer: Answer) -> Outcome:
    try:
        said = json.loads(answer.text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        said = {}
    if answer.status in {200, 201}:
        sid = said.get("sid")
        return Sent(sid) if isinstance(sid, str) and sid else Unknown("the gateway's answer is not from Twilio")
    code = said.get("code")
    return Refused(f"the gateway refuses the message ({code or answer.status})", is_bad_address=code in BAD_NUMBERS)


def configured(settings: AlertSettings, public_url: str) -> TwilioDriver | None:
    """The driver of the settings' Twilio account, if there is one."""
    if not settings.twilio_account:
        return None
    reports = settings.secret("alerts_secret")
    return TwilioDriver(
        settings.twilio_account,
        settings.secret("twilio_secret"),
        settings.twilio_from,
        url=settings.twilio_url,
        patience=patience(settings.sms_timeout_s),
        callback=f"{public_url}/alerts/reports/{reports}" if reports else "",
    )
