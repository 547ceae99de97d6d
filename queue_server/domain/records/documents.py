"""A patient's documents: what kinds there are, how large and how many, and what a file may be called."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from queue_server.domain.form_reading import is_visible

#: The largest file that is taken, in bytes, and how many a token may have.
LARGEST_FILE = 15 * 1024 * 1024
MOST_FILES = 20

#: The longest file name that is kept, in characters, without its ending.
LONGEST_FILE_NAME = 80

#: What is stored, and the ending that a file of this type is given whatever it was called.
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


class DocumentKind(StrEnum):
    """What a document is to the patient."""

    CERTIFICATE = "certificate"
    PRESCRIPTION = "prescription"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Document:
    """A document without its content. `size` is in bytes; `replaces` names the document that this one corrects.

    `replaced_at`: since when another one corrects this; none while it is the newest. `by` is who added it, as the
    journal writes it (`doctor:3`). `name` is a clean file name with its ending.
    """

    id: int
    token_id: int
    patient_id: int | None
    kind: DocumentKind
    name: str
    media_type: str
    size: int
    by: str
    added_at: datetime
    replaces: int | None = None
    is_upload: bool = False
    replaced_at: datetime | None = None

    @property
    def changed_at(self) -> datetime:
        """When it was added, or replaced."""
        return self.replaced_at or self.added_at


def file_name(name: str, media_type: str, fallback: str = "document") -> str:
    """A name that every system can keep: no folders, no characters that cannot be seen, the ending of its true type.

    Any script stays. `../../x.php` of a PDF becomes `x.pdf`; a name of which nothing is left becomes `fallback`.
    """
    ending = ENDINGS[media_type]
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(character if _may_stand(character) else " " for character in unicodedata.normalize("NFC", last))
    words = " ".join(visible.split())
    stem, dot, given = words.rpartition(".")
    if dot and given.isascii() and given.isalnum() and len(given) <= 5:
        words = stem
    words = words.strip(" .")[:LONGEST_FILE_NAME].strip(" .")
    return f"{words or fallback}{ending}"


def _may_stand(character: str) -> bool:
    # What Windows forbids in names, or a header would have to escape, is left out as well.
    return character not in '<>:"/\\|?*;%' and is_visible(character)
