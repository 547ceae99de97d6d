"""What the keeper prints, made of the words that the server has given it for each language. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kiosk.keeper.facts import Department, Facts


def link(press_key: str) -> str:
    """The key of the slip's link: 24 letters that only whoever knows the press's random key can make.

    So a press that is sent again after the power was gone leads to the same link, and nothing that opens a patient's
    page lies on this machine.
    """
    digest = hmac.digest(press_key.encode(), b"smart-queue slip link", hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:18]).decode()


def language_of(facts: Facts, wanted: str) -> str:
    """The language of a slip: the wanted one, else the clinic's first."""
    return wanted if wanted in facts.slips else next(iter(facts.slips), "en")


def document(
    facts: Facts,
    department: Department,
    number: str,
    key: str,
    at: datetime,
    *,
    language: str,
    is_assisted: bool,
    is_second: bool = False,
) -> Mapping[str, Any]:
    """The slip's document, as print jobs carry it. `is_second`: whether the first may be on paper already."""
    words = facts.slips[language]
    return {
        **words["slip"],
        "number": number,
        "url": f"{facts.public_url}/t/{key}",
        "department": department.name(language),
        "department_en": department.name("en"),
        "issued_at": facts.written(at, language),
        "priority_text": words["assisted"] if is_assisted else None,
        "copy": 2 if is_second else 1,
        "copy_text": words["copy"] if is_second else None,
    }
