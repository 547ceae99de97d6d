"""The shipped voice: every word of every language has its clip."""

import os
import subprocess
import sys

import pytest

from display.announcing import announcement
from display.announcing.clips import clips
from display.announcing.languages import LANGUAGES
from display.announcing.pieces import PAUSE
from queue_server.locale.languages import ALL
from tests.processes import ROOT

#: What the wheel may hold of it altogether.
MOST_BYTES = 8_000_000


def test_every_language_has_a_voice() -> None:
    assert set(LANGUAGES) == set(ALL)


def test_no_word_is_without_its_clip_and_no_clip_without_its_word() -> None:
    command = [sys.executable, "scripts/voice", "--check"]
    paths = os.environ | {"PYTHONPATH": str(ROOT)}
    looked = subprocess.run(command, cwd=ROOT, env=paths, capture_output=True, text=True, check=False)

    assert (looked.returncode, looked.stdout) == (0, "")


@pytest.mark.parametrize("language", ALL)
def test_whatever_number_is_called_to_whatever_room_has_its_clips(language: str) -> None:
    for number, room in (("G-012", "3"), ("ABC-98765", "99"), ("Z-100", "101")):
        for is_recall in (False, True):
            (said,) = announcement(number, room, [language], {}, is_recall)
            assert set(said["words"]) - {PAUSE} <= set(clips(language))


def test_the_voices_are_small_enough_to_ship() -> None:
    assert 1_000_000 < sum(len(clip) for code in LANGUAGES for clip in clips(code).values()) < MOST_BYTES
