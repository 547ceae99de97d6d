"""What the patients' forms have in common: the person's fields, and what was wrong with them in the reader's words."""

from __future__ import annotations

import math
from typing import Any

from queue_server.domain.errors import BadInput, QueueError, RateLimited
from queue_server.domain.people.patients import CONSENT_VERSION, LARGEST_FAMILY, OLDEST, Patient, Sex
from queue_server.locale import LANGUAGES
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.web.pages import language_of, say, unless_chosen
from queue_server.web.state import Request

PERSON = ("name", "age", "sex", "language")


def person_of(fields: dict[str, str]) -> PersonForm:
    """The person whom the form describes."""
    return PersonForm(fields["name"], fields["age"], fields["sex"] or Sex.UNSAID, fields["language"])


def consent_of(fields: dict[str, str]) -> Consent:
    """What was agreed to on this page."""
    return Consent(fields["consent"])


def shown(request: Request, fields: dict[str, str] | None = None) -> dict[str, Any]:
    """What the form's template needs: what was typed, the answers to choose from. Secrets are never shown again."""
    typed = {name: (fields or {}).get(name, "") for name in ("phone", *PERSON, "consent")}
    typed["language"] = typed["language"] or language_of(request)
    typed["sex"] = typed["sex"] or Sex.UNSAID
    return {
        "typed": typed,
        "sexes": [
            (Sex.UNSAID, say(request, "I'd rather not say")),
            (Sex.FEMALE, say(request, "Female")),
            (Sex.MALE, say(request, "Male")),
            (Sex.OTHER, say(request, "Other")),
        ],
        "offered": list(LANGUAGES.items()),
        "consent_version": CONSENT_VERSION,
    }


def known_as(patient: Patient) -> dict[str, str]:
    """The patient as the form's fields."""
    person = patient.person
    return {"name": person.name, "age": str(person.birth_year), "sex": person.sex, "language": person.language}


def wrong(request: Request, error: QueueError) -> dict[str, str]:
    """Field → what is wrong with it, in the reader's language; "form" for what is no single field's fault."""
    if isinstance(error, RateLimited):
        seconds = int(str(error.details["retry_after_s"]))
        return {"form": _later(request, seconds)}
    if isinstance(error, BadInput):
        field = str(error.details["field"])
        return {{"birth_year": "age", "sex": "form"}.get(field, field): _wrong_field(request, field)}
    return {"form": say(request, "Phone number or PIN is wrong.")}


def page_language(request: Request, patient: Patient) -> str | None:
    """The patient's own language, unless the reader has chosen another."""
    return unless_chosen(request, patient.person.language)


def _later(request: Request, seconds: int) -> str:
    if seconds <= 90:
        return say(request, "Too many tries. Please try again in %(count)s seconds.", count=seconds)
    minutes = math.ceil(seconds / 60)
    return say(request, "Too many tries. Please try again in %(count)s minutes.", count=minutes)


def _wrong_field(request: Request, field: str) -> str:
    most = LARGEST_FAMILY
    words = {
        "phone": say(request, "This is not a phone number. Please check the digits."),
        "pin": say(request, "A PIN has 6 digits, not all the same and not in a row such as 123456."),
        "name": say(request, "Please write a name with letters. One phone can hold %(count)s people.", count=most),
        "birth_year": say(request, "Please give an age up to %(oldest)s, or the year of birth.", oldest=OLDEST),
        "code": say(request, "This code is wrong or has expired. Please ask for a new one."),
        "consent": say(request, "Please read this and agree to it first."),
    }
    return words[field] if field in words else say(request, "Please check this answer.")
