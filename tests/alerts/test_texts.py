"""What alerts say: short, in every language, for every kind."""

import re
from pathlib import Path
from typing import Any

import pytest

from queue_server.alerts.folder import FolderDriver
from queue_server.alerts.settings import AlertSettings
from queue_server.alerts.sms_gateway import template_name
from queue_server.alerts.texts import compose, sentence
from queue_server.domain.alerts.alerts import AlertKind, Channel, Later, Message, Sent
from queue_server.locale import LANGUAGES, texts

ROOT = Path(__file__).resolve().parents[2]

#: Characters in an SMS of one part: of GSM's letters, and of any other script (3GPP TS 23.038).
GSM_PART, OTHER_PART = 160, 70
#: GSM's letters, of those that our texts use; an en dash or a narrow space is not one, and makes the SMS an other's.
GSM = frozenset(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-'()/?!@")

DATA: list[tuple[AlertKind, dict[str, Any]]] = [
    (AlertKind.SOON, {"minutes": 10}),
    (AlertKind.SOON, {"ahead": 3}),
    (AlertKind.SOON, {"ahead": 1}),
    (AlertKind.NEXT, {}),
    (AlertKind.CALLED, {"room": "12"}),
    (AlertKind.CALLED, {"room_name": "पहली मंज़िल, दवा की दूसरी खिड़की"}),
    (AlertKind.MISSED, {"department": "कान, नाक, गला"}),
    (AlertKind.DELAYED, {"time": "11:30"}),
    (AlertKind.DELAYED, {}),
    (AlertKind.CANCELLED, {}),
    (AlertKind.EXPIRED, {}),
    (AlertKind.DOCUMENT, {}),
    (AlertKind.PIN_RESET, {"code": "314159"}),
    (AlertKind.LINK, {"link": "https://queue.example.in/t/4nN1hX0Qm7dYbT2wKz8RsVc5"}),
]


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize(("kind", "data"), DATA)
def test_an_sms_is_one_part_in_every_language(kind: AlertKind, data: dict[str, object], language: str) -> None:
    body = compose(kind, Channel.SMS, language, {"number": "G-123", **data}, clinic="Clinic", link="https://x").body

    assert len(body) <= (GSM_PART if GSM.issuperset(body) else OTHER_PART)
    assert GSM.issuperset(body) or language != "en" or not GSM.issuperset("".join(map(str, data.values())))
    assert "%" not in body
    assert ("G-123" in body) == (kind is not AlertKind.PIN_RESET)
    assert all(str(value) in body for value in data.values())


@pytest.mark.parametrize("kind", sorted(set(AlertKind) - {AlertKind.REPORT, AlertKind.TROUBLE}))
def test_every_kind_says_something_even_without_data(kind: AlertKind) -> None:
    assert sentence(kind, texts("en"), {})


def test_a_letter_names_the_clinic_and_has_the_link() -> None:
    made = compose(AlertKind.NEXT, Channel.EMAIL, "en", {"number": "G-1"}, clinic="Sunrise", link="https://q.test/t/k")

    assert made.subject == "Sunrise: G-1: you are next. Please wait near the room."
    assert made.body.endswith("\n\nhttps://q.test/t/k\n\nSunrise\n")


def test_a_code_is_not_in_the_subject_that_a_locked_phone_shows() -> None:
    made = compose(AlertKind.PIN_RESET, Channel.EMAIL, "en", {"code": "314159"}, clinic="Sunrise", link=None)

    assert "314159" not in made.subject
    assert "314159" in made.body


def test_the_manual_lists_every_text_that_has_to_be_registered() -> None:
    manual = (ROOT / "docs/alerts.md").read_text()
    listed = {row[1]: row for row in re.finditer(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", manual, re.M)}

    asked: list[tuple[AlertKind, dict[str, Any]]] = [
        *DATA,
        (AlertKind.DOCUMENT, {"number": ""}),
        (AlertKind.TEST, {"clinic": "{clinic}"}),
    ]
    for kind, data in asked:
        named = {"number": "{number}", **{name: f"{{{name}}}" for name in data}} | data
        named |= {name: f"{{{name}}}" for name in data if name != "ahead" and data[name]}
        for place, language in ((2, "en"), (3, "hi")):
            message = Message("", kind, "", "", "", language, named)
            name = template_name(message).partition(".")[0]
            said = sentence(kind, texts(language), named).replace("3 ", "{ahead} ")
            assert listed[name][place] == said, name


def test_the_manual_names_every_setting() -> None:
    manual = (ROOT / "docs/alerts.md").read_text()

    missing = [
        name for name in AlertSettings.model_fields if f"QUEUE_{name.removesuffix('_file').upper()}" not in manual
    ]

    assert missing == []


async def test_the_demo_keeps_messages_in_a_folder(tmp_path: Path) -> None:
    driver = FolderDriver(Channel.SMS, tmp_path / "messages")
    message = Message("4f" * 16, AlertKind.NEXT, "+918123456789", "", "G-1: you are next.")

    assert await driver.send(message) == await driver.send(message)

    [file] = (tmp_path / "messages").iterdir()
    assert file.read_text() == "To: +918123456789\nSubject: \n\nG-1: you are next.\n"
    (tmp_path / "file").write_text("")
    assert isinstance(await FolderDriver(Channel.SMS, tmp_path / "file").send(message), Later)
    assert isinstance(await driver.send(message), Sent)
