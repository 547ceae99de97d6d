"""Rooms in words: people read the name, programs the code."""

from __future__ import annotations

import pytest

from queue_server.locale import LANGUAGES, texts
from queue_server.locale.rooms import go_words, room_sentences, room_words


@pytest.mark.parametrize(
    ("name", "place", "way"),
    [
        ("", "Room 3", "Please go to room 3"),
        (None, "Room 3", "Please go to room 3"),
        ("Pharmacy window", "Pharmacy window", "Please go to: Pharmacy window"),
    ],
)
def test_a_name_stands_for_the_room_where_it_has_one(name: str | None, place: str, way: str) -> None:
    said = texts("en").gettext

    assert (room_words(said, "3", name), go_words(said, "3", name)) == (place, way)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_scripts_get_every_sentence_with_its_place(language: str) -> None:
    sentences = room_sentences(texts(language).gettext)

    assert {key: "%(room)s" in said for key, said in sentences.items()} == {"room": True, "go": True, "go_named": False}
    assert "%(place)s" in sentences["go_named"]
