"""ABDM's Scan and Register: what a share says, what is answered, and what the gateway's errors mean.

Sources: the National Health Authority's public catalogue of its interfaces, and what integrators saw in its sandbox in
September 2026 (docs/abdm.md says which is which). Identifiers are not checked more strictly than the gateway does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from queue_server.domain.errors import BadInput
from queue_server.domain.people.patients import LONGEST_NAME, OLDEST, Sex, clean_name, plain_digits

#: The patient's app shows nothing that comes later.
PATIENT_WAITS = timedelta(seconds=30)
#: After so long no answer is tried any more, so that the last one still arrives.
ANSWERED_WITHIN = timedelta(seconds=27)
#: A clinic whose clock differs by more gives out no numbers by the app: it does not know which day it is.
WRONG_CLOCK = timedelta(minutes=10)

#: The counter of the administration's own trial, which gives out no numbers.
TRIAL = "TRIAL"
#: What a patient has agreed to by sharing the profile, and by sharing it where the poster announces an SMS.
CONSENT, CONSENT_SMS = "abdm-2026-11", "abdm-sms-2026-11"

LONGEST_ADDRESS = 120
LONGEST_REQUEST_ID = 64
_COUNTER = re.compile(r"[A-Za-z0-9]{1,20}")
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
_SEXES: Mapping[str, Sex] = {"M": Sex.MALE, "F": Sex.FEMALE, "O": Sex.OTHER, "T": Sex.OTHER}

#: What the gateway says when trying again changes nothing: no such share, a body that it does not take, too late.
FINAL = frozenset({"ABDM-1001", "ABDM-1006", "ABDM-1007"})
#: Ours, for every refusal: the words beside it are what counts.
REFUSED = "ABDM-9999"


class ShareState(StrEnum):
    """What became of a share: `unheard` says that no answer reached the gateway in time."""

    RECEIVED = "received"
    ANSWERED = "answered"
    REFUSED = "refused"
    UNHEARD = "unheard"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a patient shares. `address` is as it came; `number` has 14 digits; `phone` is as the app spells it."""

    address: str
    number: str | None
    name: str
    sex: Sex
    birth_year: int | None
    phone: str | None

    @property
    def key(self) -> str:
        """By what the person is known again: two spellings of an address are one."""
        return self.address.casefold()


@dataclass(frozen=True, slots=True)
class Share:
    """A profile that was shared at a counter: `hip_id` names the clinic that was meant, `counter` is ours.

    Without a `profile` it could not be read; whoever sent it is told so all the same.
    """

    request_id: str
    hip_id: str
    counter: str
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class NotedShare:
    """What is kept of a share, without who it was: `code` says why it was refused or not heard."""

    received_at: datetime
    counter: str
    state: ShareState
    code: str | None
    number: str | None
    took_ms: int | None


@dataclass(frozen=True, slots=True)
class GatewayFault:
    """What the gateway says is wrong; `code` is empty where it gives none."""

    status: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.status} {self.code}".strip()


def read_share(request_id: str, body: object, this_year: int) -> Share:
    """The share that a callback's JSON holds. Raises `BadInput` for a REQUEST-ID to which nothing can be answered."""
    if not (0 < len(request_id) <= LONGEST_REQUEST_ID and request_id.isascii() and request_id.isprintable()):
        raise BadInput("REQUEST-ID", f"A REQUEST-ID has 1 to {LONGEST_REQUEST_ID} plain characters.")
    about = _part(body, "metaData")
    is_meant = _text(_part(body), "intent") in {"PROFILE_SHARE", ""}
    profile = _profile(_part(_part(body, "profile"), "patient"), this_year) if is_meant else None
    return Share(request_id, _text(about, "hipId"), _text(about, "context"), profile)


def shape(body: object, depth: int = 3) -> str:
    """The names in a body without what they hold, for whoever has to find out what an app sends."""
    if not isinstance(body, dict) or depth == 0:
        return type(body).__name__
    return "{" + ", ".join(f"{str(name)[:30]}: {shape(body[name], depth - 1)}" for name in list(body)[:20]) + "}"


def _profile(patient: Mapping[str, Any], this_year: int) -> Profile | None:
    """What is shared; none without an ABHA address."""
    address = _text(patient, "abhaAddress")
    if not 0 < len(address) <= LONGEST_ADDRESS:
        return None
    number = "".join(_text(patient, "abhaNumber").replace("-", " ").split())
    return Profile(
        address=address,
        number=number if plain_digits(number) == number and len(number) == 14 else None,
        name=_name(_text(patient, "name"), address),
        sex=_SEXES.get(_text(patient, "gender").upper()[:1], Sex.UNSAID),
        birth_year=_birth_year(patient, this_year),
        phone=_text(patient, "phoneNumber") or _text(patient, "mobile") or None,
    )


def counter_of(department: str, hip_id: str) -> str | None:
    """The counter id of the department with this code: letters and digits; none where the clinic's own id is in it.

    It depends on the code alone, so a poster stays right as long as the department keeps it.
    """
    plain = "".join(letter for letter in department if letter.isascii() and letter.isalnum())[:20].upper()
    return None if not plain or plain in {hip_id.upper(), TRIAL} else plain


def is_counter(text: str) -> bool:
    """Whether a counter id can be this."""
    return _COUNTER.fullmatch(text) is not None


def code_link(page: str, hip_id: str, counter: str) -> str:
    """What a counter's QR code holds; `page` is the address of the app's own page for sharing."""
    return f"{page}?{urlencode({'hip-id': hip_id, 'counter-id': counter})}"


def accepted(share: Share, number: str, expires_s: int) -> dict[str, object]:
    """The body that tells the gateway the number; it is valid for so many seconds."""
    profile = {"context": share.counter, "tokenNumber": number, "expiry": str(max(0, expires_s))}
    address = share.profile.address if share.profile else ""
    told = {"status": "SUCCESS", "abhaAddress": address, "profile": profile}
    return {"acknowledgement": told, "response": {"requestId": share.request_id}}


def refused(share: Share, message: str) -> dict[str, object]:
    """The body that tells the gateway why there is no number, in words for the patient."""
    return {"error": {"code": REFUSED, "message": message}, "response": {"requestId": share.request_id}}


def written(moment: datetime) -> str:
    """A moment as the gateway wants it: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sent_at(text: str) -> datetime | None:
    """The moment of a TIMESTAMP; none for what is none."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def gateway_fault(status: int, body: str) -> GatewayFault:
    """What an answer's body says is wrong, in any of the shapes in which the gateway says it."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return GatewayFault(status, "", "")
    if isinstance(read, list):
        read = next((one for one in read if isinstance(one, dict)), {})
    if isinstance(read, dict) and isinstance(read.get("error"), dict):
        read = read["error"]
    if not isinstance(read, dict):
        return GatewayFault(status, "", "")
    code = _text(read, "code").rstrip(": ")
    message = _text(read, "message") or _of_fields(read)
    return GatewayFault(status, code[:40], message[:200])


def is_final(error: GatewayFault) -> bool:
    """Whether asking again with the same body changes nothing. A wrong clock and a session that is over are mended."""
    if error.code in FINAL:
        return True
    return 400 <= error.status < 500 and error.status not in {401, 408, 425, 429} and error.code != "ABDM-2402"


def _of_fields(read: Mapping[str, Any]) -> str:
    """Where the names of fields stand for a code."""
    said = {name: value for name, value in read.items() if isinstance(value, str) and name not in {"timestamp", "code"}}
    return ", ".join(f"{name}: {value}" for name, value in said.items())


def _part(body: object, name: str = "") -> Mapping[str, Any]:
    found = body.get(name) if name and isinstance(body, dict) else body
    return found if isinstance(found, dict) else {}


def _text(part: Mapping[str, Any], name: str) -> str:
    """The value as text, empty for null; numbers come for texts and the other way round."""
    value = part.get(name)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _name(sent: str, address: str) -> str:
    """The name as names are kept; the address's own part where the app sends none that is one."""
    for text in (sent[:LONGEST_NAME], address.partition("@")[0][:LONGEST_NAME]):
        try:
            return clean_name(text)
        except BadInput:
            continue
    return "ABHA"


def _birth_year(patient: Mapping[str, Any], this_year: int) -> int | None:
    found = _YEAR.search(_text(patient, "yearOfBirth")) or _YEAR.search(_text(patient, "dob"))
    year = int(found[0]) if found else 0
    return year if this_year - OLDEST <= year <= this_year else None
