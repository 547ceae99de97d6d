"""Why a file is not taken, in words that a doctor can act on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Refusal(StrEnum):
    """The reasons; `MESSAGES` has a sentence for each."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OTHER_TYPE = "other_type"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_COMPLEX = "too_complex"
    ENCRYPTED = "encrypted"
    SCRIPTED = "scripted"
    LAUNCHING = "launching"
    EMBEDDED_FILES = "embedded_files"
    CUT_OFF = "cut_off"


def _(sentence: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return sentence


MESSAGES: Mapping[Refusal, str] = {
    Refusal.EMPTY: _("The file is empty."),
    Refusal.TOO_LARGE: _("The file is larger than 15 MB."),
    Refusal.OTHER_TYPE: _(
        "This is not a PDF, JPEG, HEIC or PNG. Only those can be added, whatever the file is called."
    ),
    Refusal.BROKEN: _("The file is damaged or cut off. Please save or photograph it again."),
    Refusal.TOO_MANY_PIXELS: _("The picture has too many pixels to be checked. Please save it smaller."),
    Refusal.TOO_COMPLEX: _("The file takes too long to check. Please print it to a new PDF, or photograph it."),
    Refusal.ENCRYPTED: _("The PDF is protected with a password. Please save it without one."),
    Refusal.SCRIPTED: _("The PDF contains a program. Please print it to a new PDF."),
    Refusal.LAUNCHING: _("The PDF starts programs or sends data. Please print it to a new PDF."),
    Refusal.EMBEDDED_FILES: _("The PDF contains other files. Please print it to a new PDF."),
    Refusal.CUT_OFF: _("The connection was lost. Nothing was saved; please try again."),
}
