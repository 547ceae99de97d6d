"""Who a patient is: name, phone number, birth year and PIN, as people write them and as they are kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import phonenumbers

from queue_server.domain.errors import BadInput
from queue_server.domain.form_reading import is_visible

#: The consent text that is shown now (`templates/patients/consent.html`). A changed text needs a new version.
CONSENT_VERSION = "2026-11"

PIN_LENGTH = 6
LONGEST_NAME = 120
OLDEST = 125

#: How many patients may share one phone number.
LARGEST_FAMILY = 12

#: So many wrong PINs are free; after them each further one doubles the wait.
FREE_TRIES = 5
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
#: Wrong PINs older than this no longer count.
TRIES_FORGOTTEN = timedelta(hours=24)


class Sex(StrEnum):
    """As the patient says; nobody has to."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a patient. The name is clean (see `clean_name`), the language one that is offered."""

    name: str
    birth_year: int
    sex: Sex = Sex.UNSAID
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Patient:
    """A registered person. Several patients may belong to one phone account."""

    id: int
    person: Person


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient with the phone number of the family, if it still has one."""

    id: int
    person: Person
    phone: str | None


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """One phone number (E.164) with the hash of its PIN."""

    id: int
    phone: str
    pin_hash: str


@dataclass(frozen=True, slots=True)
class PatientSession:
    """A login: whose phone, who was chosen (if anybody), since when, when it was last used, and in what browser.

    `secret_hash` names it inside the server; `mark`, on pages, is too short to be mistaken for a secret.
    """

    account_id: int
    patient_id: int | None
    created_at: datetime
    seen_at: datetime
    browser: str
    secret_hash: str

    @property
    def mark(self) -> str:
        return self.secret_hash[:16]


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search is for: a part of a name, or the last digits of a phone number; empty for what it is not."""

    name: str
    phone_end: str

    @classmethod
    def of(cls, text: str) -> Sought:
        """What somebody has typed: two letters are a name, four digits the end of a number."""
        digits = "".join(character for character in text if character.isascii() and character.isdigit())
        is_name = len(text) >= 2 and not digits
        return cls(text if is_name else "", digits[-10:] if len(digits) >= 4 else "")


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """A patient who was looked for; `phone` in E.164."""

    id: int
    name: str
    birth_year: int | None
    phone: str | None


#: India's series for voice calls of authorities and banks (Department of Telecommunications, May 2024), which
#: libphonenumber takes for mobile phones.
_CALLS_OF_COMPANIES = ("+911600", "+911601")


def phone_number(text: str, region: str = "IN") -> str:
    """The number in E.164 (`+918123456789`), from any spelling: with or without +91 or 0, spaces, any script's digits.

    `region`: the country of a number without its country's code. Raises `BadInput` when no phone has such a number.
    """
    refused = BadInput("phone", "This is not a phone number.")
    if not 3 <= len(text) <= 40 or any(
        character.isalpha() or unicodedata.category(character) == "Cc" for character in text
    ):
        raise refused
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise refused from error
    if not phonenumbers.is_valid_number(number):
        raise refused
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def gets_sms(e164: str) -> bool:
    """Whether the number may be a mobile phone's: not a landline, nor one of companies (1800…, 1860…, 140…, 160…)."""
    if e164.startswith(_CALLS_OF_COMPANIES):
        return False
    kinds = phonenumbers.PhoneNumberType
    may_be = {kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE, kinds.PERSONAL_NUMBER, kinds.UNKNOWN}
    return phonenumbers.number_type(phonenumbers.parse(e164)) in may_be


def phone_in_words(e164: str) -> str:
    """The number as people of its country group it: `+91 81234 56789`."""
    number = phonenumbers.parse(e164)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def plain_digits(text: str) -> str | None:
    """The digits of any script as 0–9, spaces left out; none when there is anything else."""
    characters = "".join(text.split())
    values = [unicodedata.decimal(character, -1) for character in characters]
    return "".join(str(value) for value in values) if values and min(values) >= 0 else None


def new_pin(text: str) -> str:
    """A PIN that may be chosen. Raises `BadInput` unless it has six digits that are not all equal or a run."""
    pin = plain_digits(text[:LONGEST_NAME])
    if pin is None or len(pin) != PIN_LENGTH:
        raise BadInput("pin", f"A PIN has {PIN_LENGTH} digits.")
    if is_easy(pin):
        raise BadInput("pin", "This PIN is too easy to guess.")
    return pin


def is_easy(pin: str) -> bool:
    """Whether the digits (0–9) are all equal or a run, up or down."""
    steps = {(int(second) - int(first)) % 10 for first, second in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def clean_name(text: str) -> str:
    """The name in NFC, without characters that cannot be seen, with single spaces. Any script is a name.

    Raises `BadInput` when no letter is left, or more than 120 characters.
    """
    visible = "".join(character for character in " ".join(text.split()) if is_visible(character))
    name = " ".join(unicodedata.normalize("NFC", visible).split())
    if not any(character.isalpha() for character in name):
        raise BadInput("name", "A name needs at least one letter.")
    if len(name) > LONGEST_NAME:
        raise BadInput("name", f"A name has at most {LONGEST_NAME} letters.")
    return name


def birth_year(text: str, this_year: int) -> int:
    """The year of birth, from an age in years or from the year itself. Raises `BadInput` for anything else."""
    digits = plain_digits(text[:LONGEST_NAME])
    number = int(digits) if digits is not None and len(digits) <= 4 else -1
    if 0 <= number <= OLDEST:
        return this_year - number
    if this_year - OLDEST <= number <= this_year:
        return number
    raise BadInput("birth_year", f"This must be an age up to {OLDEST}, or a year of birth up to {this_year}.")


def next_try_at(failures: int, failed_at: datetime) -> datetime:
    """When the next PIN may be tried after so many wrong ones, the last of them at `failed_at`.

    At once for the first five; then the wait doubles from 30 seconds to an hour, and never ends in a lock-out.
    """
    beyond = failures - FREE_TRIES
    if beyond < 0:
        return failed_at
    # Seven doublings of the first delay are already more than the longest.
    return failed_at + min(FIRST_DELAY * (1 << min(beyond, 7)), LONGEST_DELAY)
