"""A word that somebody of the clinic has read into a browser: what is taken, and what it becomes."""

from __future__ import annotations

from queue_server.domain.errors import BadInput
from queue_server.domain.voice.levelling import levelled
from queue_server.domain.voice.wav import Sound, read_wav, write_wav

#: Samples a second of every recording; a browser makes them from what its microphone gives.
RATE = 24_000
#: The longest prompt of a kiosk is read in less.
LONGEST_S = 15
#: A file of `LONGEST_S`, and its head.
LARGEST = LONGEST_S * RATE * 2 + 1024
#: Of one language: more than there are words, and a quarter of an hour.
MOST_WORDS, MOST_BYTES = 600, 48_000_000
LONGEST_WORD = 200
#: The largest file with all recordings that is taken.
LARGEST_FILE = 32_000_000


def prepared(content: bytes) -> bytes:
    """The recording as it is kept: trimmed and as loud as every other word (see `levelling`), again as a WAV file.

    Raises `BadInput` for what is no such sound, is too long, or has nothing to hear.
    """
    sound = read_wav(content)
    if sound is None or sound.rate != RATE:
        raise BadInput("sound", f"This is no sound of {RATE} samples a second, 16 bits and one channel.")
    if sound.seconds > LONGEST_S:
        raise BadInput("sound", f"A word is at most {LONGEST_S} seconds long.")
    word = levelled(sound.samples, RATE)
    if word is None:
        raise BadInput("sound", "Nothing is heard in this recording.")
    return write_wav(Sound(word, RATE))
