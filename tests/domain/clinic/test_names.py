"""What is shown where the clinic has not written a text in the reader's language."""

from __future__ import annotations

import pytest

from kiosk.keeper.facts import Department as KeptDepartment
from queue_server.domain.clinic.clinic import Department, Room
from queue_server.domain.clinic.names import text_in

RULE = [
    ({"en": "General", "hi": "सामान्य", "ta": "பொது"}, "ta", "பொது"),
    ({"en": "General", "hi": "सामान्य"}, "ta", "General"),
    ({"ta": "பொது", "hi": "सामान्य"}, "bn", "सामान्य"),
    ({"ta": "பொது", "hi": ""}, "bn", "பொது"),
    ({"ta": "", "en": "General"}, "ta", "General"),
    ({}, "en", ""),
]


@pytest.mark.parametrize(("texts", "language", "shown"), RULE)
def test_a_text_is_shown_in_the_readers_language_else_in_english_else_in_the_first_there_is(
    texts: dict[str, str], language: str, shown: str
) -> None:
    assert text_in(texts, language) == shown
    assert Room(1, "7", 1, texts).name(language) == shown


@pytest.mark.parametrize(("texts", "language", "shown"), RULE)
def test_a_name_in_another_language_is_shown_before_a_code_and_a_keeper_does_the_same(
    texts: dict[str, str], language: str, shown: str
) -> None:
    here = Department(id=1, code="GEN", prefix="G", names=texts)
    kept = KeptDepartment("GEN", "G", texts, is_open=True, quota=None, issued=0, spans=[], highest={})

    assert (here.name(language), kept.name(language)) == (shown or "GEN", shown or "GEN")
