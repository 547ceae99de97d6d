#!/usr/bin/env bash
# Storing what espeak-ng speaks as Opus, the smallest format that every browser plays.
#
# Guessed: the encoder takes the voice's samples as they are, or resamples them.
# Seen: espeak-ng 1.52.0 speaks at 22,050 samples a second and offers no other rate; libsndfile 1.2.2 refuses to write
# Opus at 22,050 or 44,100 (only 8,000, 12,000, 16,000, 24,000 and 48,000), though Vorbis and MP3 take them all. A wrong
# rate in the head of the file raises the voice by a semitone and a half: the samples have to be resampled first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check espeakng-loader==0.2.4 soundfile==0.14.0 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import ctypes

import espeakng_loader
import numpy
import soundfile

lib = ctypes.CDLL(espeakng_loader.get_library_path())
rate = lib.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
print("espeak-ng speaks at", rate, "samples a second;", soundfile.__libsndfile_version__)
assert rate == 22050
tone = numpy.sin(numpy.arange(rate) / rate * 2 * numpy.pi * 440) * 0.3
taken = {}
for kind, subtype in (("OGG", "OPUS"), ("OGG", "VORBIS"), ("MP3", None)):
    for samples in (16000, 22050, 24000, 44100, 48000):
        try:
            soundfile.write("tone", tone, samples, format=kind, subtype=subtype)
        except soundfile.LibsndfileError as error:
            print(subtype or kind, samples, "refused:", error)
        else:
            taken.setdefault(subtype or kind, []).append(samples)
print(taken)
assert taken == {
    "OPUS": [16000, 24000, 48000],
    "VORBIS": [16000, 22050, 24000, 44100, 48000],
    "MP3": [16000, 22050, 24000, 44100, 48000],
}
PYTHON
