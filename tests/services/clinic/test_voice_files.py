"""All recordings in one file."""

import io
import math
import zipfile

import pytest

from queue_server.domain.errors import BadInput
from queue_server.domain.voice.recordings import LARGEST, RATE, prepared
from queue_server.domain.voice.wav import Sound, write_wav
from queue_server.services.clinic.voice_files import read_file, write_file

SOUND = prepared(write_wav(Sound([0.1 * math.sin(n / 15) for n in range(RATE // 4)], RATE)))


def archive(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return made.getvalue()


def test_a_file_brings_back_every_word_whatever_is_in_its_name() -> None:
    words = {"कमरा 3": SOUND, "../../etc/passwd": SOUND, "A": SOUND}

    found = read_file(write_file({"hi": words, "en": {}}))

    assert [(language, word) for language, word, _ in found] == [("hi", word) for word in sorted(words)]
    assert write_file({"hi": words}) == write_file({"hi": dict(reversed(words.items()))})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\3\4 no archive",
        archive(**{"hi/0.wav": b"no sound"}),
        archive(**{"hi/0.wav": bytes(LARGEST * 20)}),
        write_file({"hi": {"0": SOUND}})[:-30],
    ],
)
def test_any_other_file_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_file(content)
