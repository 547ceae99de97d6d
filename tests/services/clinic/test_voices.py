"""What displays and kiosks speak with, on both databases."""

from __future__ import annotations

import math
from typing import cast

import pytest

from display.announcing.clips import clips
from queue_server.domain.errors import BadInput, NotFound, UnknownBoard
from queue_server.domain.voice.recordings import RATE
from queue_server.domain.voice.wav import Sound, write_wav
from queue_server.live.view_types import BoardView
from queue_server.services.clinic import voices as module
from queue_server.services.clinic.voices import Voices, no_clips
from tests.clinics import ADMIN, Clinic


def sound(hertz: float = 250) -> bytes:
    return write_wav(Sound([0.1 * math.sin(2 * math.pi * hertz * n / RATE) for n in range(RATE // 4)], RATE))


async def told(clinic: Clinic) -> dict[str, str]:
    view = cast(BoardView, (await clinic.services.screens.boards.board("main")).data)
    return view["voices"]


@pytest.fixture
def voices(clinic: Clinic) -> Voices:
    return Voices(clinic.services.store, clinic.services.clinic.queues, clips)


async def test_each_language_has_its_clips_at_an_address_of_their_own(voices: Voices) -> None:
    addresses = await voices.addresses(["hi", "en"])

    assert list(addresses) == ["hi", "en"]
    assert (await voices.at("hi", addresses["hi"].removeprefix("/voice/hi/"))).clips == clips("hi")
    with pytest.raises(NotFound):
        await voices.at("hi", "0" * 64)


async def test_a_server_without_a_voice_names_none(clinic: Clinic) -> None:
    silent = Voices(clinic.services.store, clinic.services.clinic.queues, no_clips)

    assert await silent.addresses(["hi"]) == {}


async def test_a_recorded_word_takes_the_place_of_the_shipped_one_until_it_is_removed(voices: Voices) -> None:
    shipped = await voices.bundle("hi")

    await voices.record("hi", "0", sound(), by=ADMIN)
    own = await voices.bundle("hi")
    await voices.remove("hi", "0", by=ADMIN)

    assert own.clips["0"].startswith(b"RIFF")
    assert own.address != shipped.address
    assert {key for key in own.clips if own.clips[key] != shipped.clips[key]} == {"0"}
    assert (await voices.bundle("hi")).address == shipped.address
    assert await voices.recorded() == set()


async def test_boards_and_kiosks_are_told_where_the_new_voice_is(clinic: Clinic) -> None:
    own = clinic.services.clinic.voices
    before = await told(clinic)

    await own.record("en", "Pharmacy window", sound(), by=ADMIN)

    after = await told(clinic)
    assert before == {}
    assert list(after) == ["en"]


async def test_all_recordings_go_out_as_one_file_and_come_back(voices: Voices) -> None:
    await voices.record("hi", "0", sound(250), by=ADMIN)
    await voices.record("en", "Token", sound(300), by=ADMIN)
    file = await voices.export()
    await voices.remove("hi", "0", by=ADMIN)
    await voices.record("en", "1", sound(), by=ADMIN)

    assert await voices.load(file, by=ADMIN) == 2
    assert await voices.recorded() == {("hi", "0"), ("en", "Token")}
    assert await voices.first_bad() == ([], 2)


@pytest.mark.parametrize(("language", "word"), [("xx", "0"), ("hi", ""), ("hi", "x" * 201), ("hi", "a\nb")])
async def test_only_words_of_our_languages_are_recorded(voices: Voices, language: str, word: str) -> None:
    with pytest.raises(BadInput):
        await voices.record(language, word, sound(), by=ADMIN)


async def test_no_language_takes_more_than_its_share(voices: Voices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORDS", 1)
    await voices.record("hi", "0", sound(), by=ADMIN)
    await voices.record("hi", "0", sound(), by=ADMIN)

    with pytest.raises(BadInput):
        await voices.record("hi", "1", sound(), by=ADMIN)


async def test_a_board_that_somebody_wants_to_hear_is_told_for_a_moment(clinic: Clinic) -> None:
    boards, own = clinic.services.screens.boards, clinic.services.clinic.voices

    await own.try_out("main", by=ADMIN)
    asked = (await boards.board("main")).data["trial"]
    clinic.clock.jump(seconds=30)

    assert asked is not None
    assert (await boards.board("main")).data["trial"] is None
    with pytest.raises(UnknownBoard):
        await own.try_out("nowhere", by=ADMIN)
