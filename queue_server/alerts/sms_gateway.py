"""SMS through any gateway that takes one HTTP request a message, such as those of India with registered templates.

The address and the body are templates with places in braces: `{to}` (+918123456789), `{to_digits}` (918123456789),
`{text}`, `{id}` (ours, the same at each try), `{template_id}`, `{sender}`, `{secret}`. What is filled in is escaped for
where it stands: per cent in addresses and forms, as JSON elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2

from queue_server.alerts.gateway_http import TIMEOUT, Answer, ask, failure, patience
from queue_server.alerts.settings import AlertSettings
from queue_server.domain.alerts.alerts import AlertKind, Channel, Later, Message, Outcome, Refused, Sent, Unknown

PLACE = re.compile(r"\{(to|to_digits|text|id|template_id|sender|secret)\}")
FORM = "application/x-www-form-urlencoded"
#: What a network's login page, or a proxy, answers in a gateway's place.
_WEB_PAGE = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|script)\b", re.I | re.S)
_ERRORS = frozenset({"err", "error", "fail", "failed", "failure", "rejected", "invalid"})
#: Where many gateways say that nothing went wrong: `{"ErrorCode": "000", "ErrorMessage": "Success"}`.
_NO_ERROR = re.compile(r"0*|none|null|false|no|ok|success", re.IGNORECASE)
_FIRST_WORD = re.compile(r"\W*(\w+)")


@dataclass(frozen=True)
class Gateway:
    """How the gateway wants to be asked; the fields are those of `AlertSettings` without their `sms_`."""

    url: str
    body: str = ""
    content_type: str = "application/json"
    header: str = ""
    secret: str = ""
    sender: str = ""
    templates: Mapping[str, str] | None = None
    ok: str = ""
    id_field: str = ""
    is_repeatable: bool = False
    patience: httpx2.Timeout = field(default_factory=lambda: TIMEOUT)


class GatewayDriver:
    """Repeats safely where the gateway says that it drops a repeated `{id}`."""

    channel = Channel.SMS

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.is_repeatable = gateway.is_repeatable
        self.is_understood = bool(gateway.ok or gateway.id_field)

    async def send(self, message: Message) -> Outcome:
        """The gateway has the message, or says why not."""
        gateway, name = self._gateway, template_name(message)
        template_id = ""
        if gateway.templates is not None:
            template_id = gateway.templates.get(name, "")
            if not template_id:
                return Refused(f"there is no registered template for {name}")
        places = {
            "to": message.to,
            "to_digits": message.to.lstrip("+"),
            "text": message.body,
            "id": message.id,
            "template_id": template_id,
            "sender": gateway.sender,
            "secret": gateway.secret,
        }
        headers = {"Content-Type": gateway.content_type} if gateway.body else {}
        if gateway.header:
            header, _, value = gateway.header.partition(":")
            headers[header.strip()] = PLACE.sub(lambda found: places[found[1]], value.strip())
        body = fill(gateway.body, places, is_form=gateway.content_type == FORM).encode() if gateway.body else None
        url = fill(gateway.url, places, is_form=True)
        method = "POST" if body is not None else "GET"
        answer = await ask(method, url, content=body, headers=headers, within=gateway.patience)
        if not isinstance(answer, Answer):
            return answer
        return failure(answer) or self._judge(answer)

    def _judge(self, answer: Answer) -> Outcome:
        if 300 <= answer.status < 400:
            return Later(f"the gateway's address leads elsewhere ({answer.status})")
        said = _json(answer.text)
        ok = bool(self._gateway.ok) and has_said(self._gateway.ok, answer.text, said)
        if not ok and _WEB_PAGE.match(answer.text):
            return Later("the gateway's address shows a web page")
        if not 200 <= answer.status < 300:
            return Refused(f"the gateway refuses the message ({answer.status})")
        if not ok and ((said is not None and self._gateway.ok) or _is_error(answer.text if said is None else said)):
            return Refused("the gateway's answer does not say that the message was taken")
        gateway_id = found_in(said, self._gateway.id_field)
        if (self._gateway.ok and not ok) or (self._gateway.id_field and not gateway_id):
            return Unknown("the gateway's answer is not one of those configured")
        return Sent(gateway_id)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def has_said(agreed: str, text: str, said: Any) -> bool:
    """Whether an answer (`said`: read as JSON, if it is that) holds what was agreed on.

    `data.0.status=success` is the value at a place; `"type":"success"` a member of the outermost object, however it is
    spaced; anything else words in the text.
    """
    path, equals, value = agreed.partition("=")
    if equals and isinstance(said, dict | list):
        found: Any = at(said, path.strip())
        return value.strip() in ({str(found), json.dumps(found)} if found is not None else ())
    members = _json(f"{{{agreed}}}")
    if isinstance(members, dict) and members and isinstance(said, dict):
        return all(said.get(name) == member for name, member in members.items())
    return agreed in text


def _is_error(said: Any, deepest: int = 5) -> bool:
    """Whether an answer says so in one of the usual ways, at any place of it; a text by its first word."""
    if isinstance(said, str):
        first = _FIRST_WORD.match(said)
        return first is not None and first[1].lower() in _ERRORS
    if isinstance(said, list) and deepest:
        return any(_is_error(each, deepest - 1) for each in said if isinstance(each, dict | list))
    if not isinstance(said, dict):
        return False
    lower = {str(name).lower(): value for name, value in said.items()}
    words = {str(lower.get(name, "")).lower() for name in ("type", "status", "result")}
    told = (lower.get(name) for name in ("error", "errors", "errorcode", "error_code"))
    has_error = any(each and not _NO_ERROR.fullmatch(str(each)) for each in told)
    return bool(words & _ERRORS) or has_error or lower.get("success") is False or _is_error([*said.values()], deepest)


def template_name(message: Message) -> str:
    """Under what the registered template of this text is listed: `soon.hi`, `soon_ahead.en`, `delayed_at.hi`, …"""
    data, name = message.data, str(message.kind)
    if message.kind is AlertKind.SOON and "minutes" not in data:
        name = "soon_ahead_one" if data.get("ahead") == 1 else "soon_ahead"
    if message.kind is AlertKind.CALLED and data.get("room_name"):
        name = "called_named"
    if message.kind is AlertKind.DELAYED and data.get("time"):
        name = "delayed_at"
    if message.kind is AlertKind.DOCUMENT and not data.get("number"):
        name = "document_other"
    return f"{name}.{message.language}"


def fill(template: str, places: Mapping[str, str], *, is_form: bool) -> str:
    """The template with its places filled in, escaped for an address or a form, or else for a JSON text."""

    def escaped(found: re.Match[str]) -> str:
        value = places[found[1]]
        return quote(value, safe="") if is_form else json.dumps(value, ensure_ascii=False)[1:-1]

    return PLACE.sub(escaped, template)


def at(said: Any, path: str) -> Any:
    """What stands at `data.0.id` of a JSON answer; none when there is nothing."""
    for part in path.split("."):
        if isinstance(said, dict):
            said = said.get(part)
        elif isinstance(said, list) and part.isdecimal() and int(part) < len(said):
            said = said[int(part)]
        else:
            return None
    return said


def found_in(said: Any, path: str) -> str:
    """The text or number at a place of a JSON answer; empty when there is none."""
    found = at(said, path) if path else None
    return str(found).strip()[:200] if isinstance(found, str | int) and not isinstance(found, bool) else ""


def configured(settings: AlertSettings, public_url: str) -> GatewayDriver | None:
    """The driver of the settings' gateway, if there is one. Raises `OSError`, `ValueError` for unreadable templates."""
    if not settings.sms_url:
        return None
    return GatewayDriver(
        Gateway(
            url=settings.sms_url,
            body=settings.sms_body,
            content_type=settings.sms_content_type,
            header=settings.sms_header,
            secret=settings.secret("sms_secret"),
            sender=settings.sms_sender,
            templates=_templates(settings.sms_templates),
            ok=settings.sms_ok,
            id_field=settings.sms_id_field,
            is_repeatable=settings.sms_is_repeatable,
            patience=patience(settings.sms_timeout_s),
        )
    )


def _templates(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    read = json.loads(path.read_text(encoding="utf-8"))
    return {str(name): str(template_id) for name, template_id in read.items()}
