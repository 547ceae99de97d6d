"""What a display plays, recorded where its loudspeaker would be."""

import base64
import struct
from array import array
from statistics import fmean
from typing import Any

import pytest

from display.announcing import announcement
from display.announcing.clips import clips
from display.announcing.pieces import PAUSE
from queue_server.domain.voice.bundles import Bundle
from queue_server.domain.voice.levelling import TARGET_LUFS
from queue_server.domain.voice.loudness import loudness
from queue_server.locale.languages import ALL
from tests.browser.board_feeds import BoardFeed, board, call
from tests.browser.conftest import PageFactory, Serve
from tests.browser.display_pages import FULL_HD, Heard
from tests.browser.hearing import taken, tap
from tests.waiting import until

pytestmark = pytest.mark.browser

CHIME_S, PAUSE_S = 1.6, 0.3
RATE = 48_000
FOUND = """
async ([address, keys]) => {
  const {load} = await import("/static/test/js/shared/voice-bundle.js");
  const bundle = await load(address);
  return keys.map((key) => bundle.has(key));
}
"""
DECODED = """
async ([address, keys]) => {
  const {load} = await import("/static/test/js/shared/voice-bundle.js");
  const bundle = await load(address);
  const context = new OfflineAudioContext(1, 1, 48000);
  return Promise.all(keys.map(async (key) => {
    const [start, length] = bundle.index[key];
    const buffer = await context.decodeAudioData(bundle.clips.slice(start, start + length));
    const samples = buffer.getChannelData(0);
    let found = "";
    for (let place = 0; place < samples.length; place += 4096) {
      found += String.fromCharCode(...new Uint8Array(samples.slice(place, place + 4096).buffer));
    }
    return btoa(found);
  }));
}
"""


def speaking(feed: BoardFeed, languages: list[str], *calls: dict[str, Any]) -> dict[str, Any]:
    """A board that says these calls, each in one of these languages, with the shipped clips."""
    feed.voices = {code: Bundle(code, clips(code)) for code in languages}
    said = [
        each | {"say": announcement(each["number"], each["room"], [code])}
        for each, code in zip(calls, languages, strict=False)
    ]
    addresses = {code: bundle.address for code, bundle in feed.voices.items()}
    return board(said) | {"languages": languages, "voices": addresses, "volume": 100}


def seconds(shown: dict[str, Any]) -> float:
    """How long a call's sentence lasts when its clips are joined without gaps."""
    (said,) = shown["say"]
    own = clips(said["language"])
    return sum(PAUSE_S if word == PAUSE else clip_seconds(own[word]) for word in said["words"])


def clip_seconds(content: bytes) -> float:
    """An Opus file's length: what its last page says, without what a decoder drops at the beginning (RFC 7845, 4)."""
    (granule,) = struct.unpack_from("<q", content, content.rindex(b"OggS") + 6)
    (pre_skip,) = struct.unpack_from("<H", content, content.index(b"OpusHead") + 10)
    return float(granule - pre_skip) / 48_000


async def test_two_calls_of_one_second_are_heard_whole_one_after_the_other_and_equally_loud(
    serve: Serve, page_factory: PageFactory
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, bypass_csp=True)
    announced = Heard()
    await announced.listen_to(page)
    await tap(page)
    feed.data = speaking(feed, ["en", "ur"])
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector("[data-tapped]")

    shown = speaking(feed, ["en", "ur"], call(1, "G-1", "3"), call(2, "D-2", "1"))
    await feed.show(shown)
    await until(lambda: len(announced.calls) == 2 and announced.is_quiet, within_s=60)

    parts = (await taken(page)).sounding(gap_s=0.1)
    chimes = [place for place, part in enumerate(parts) if part.seconds > CHIME_S - 0.2 and part.loudness > -17]
    assert len(chimes) == 2
    said = [parts[chimes[0] + 1 : chimes[1]], parts[chimes[1] + 1 :]]
    for words, its_call in zip(said, shown["calls"], strict=True):
        # Two sentences, and the pause between them.
        assert len(words) == 2
        assert sum(part.seconds for part in words) + PAUSE_S == pytest.approx(seconds(its_call), abs=0.25)
        assert [part.loudness for part in words] == pytest.approx([TARGET_LUFS] * 2, abs=1.5)


async def test_a_word_is_found_whatever_its_capitals_but_as_it_is_written_first(
    serve: Serve, page_factory: PageFactory
) -> None:
    feed = BoardFeed()
    own = {"General medicine": b"shipped", "Eye": b"shipped", "EYE": b"own"}
    feed.voices = {"en": Bundle("en", own)}
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD)
    await page.goto(f"{server.url}/display/main")

    words = ["General Medicine", "GENERAL MEDICINE", "EYE", "eye", "Ear"]
    found = await page.evaluate(FOUND, [feed.voices["en"].address, words])

    assert found == [True, True, True, True, False]
    assert [feed.voices["en"].clip(word) is not None for word in words] == found
    assert feed.voices["en"].clip("EYE") == b"own"
    assert feed.voices["en"].clip("Eye") == b"shipped"


async def test_the_shipped_words_of_all_languages_are_equally_loud(serve: Serve, page_factory: PageFactory) -> None:
    feed = BoardFeed()
    feed.voices = {code: Bundle(code, clips(code)) for code in ALL}
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD)
    await page.goto(f"{server.url}/display/main")

    found = {}
    for code, bundle in feed.voices.items():
        for key, data in zip("0129GMZ", await page.evaluate(DECODED, [bundle.address, list("0129GMZ")]), strict=True):
            found[code, key] = loudness(array("f", base64.b64decode(data)), RATE)

    assert len(found) == len(ALL) * 7
    assert max(found.values()) - min(found.values()) < 3.0
    assert fmean(found.values()) == pytest.approx(TARGET_LUFS, abs=1.0)
