from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from queue_server import papers as making
from queue_server.domain.letterhead import Letterhead
from queue_server.domain.records import Certificate, Prescription
from queue_server.storage.store import Transaction


@dataclass(frozen=True, slots=True)
class MadePaper:
    pdf: bytes
    paper: Any = None


class Papers:
    def __init__(self, store: Any, letterheads: Any) -> None: ...
    async def make(self, signed: Prescription | Certificate, language: str) -> MadePaper:
        head = Letterhead("Clinic")
        if isinstance(signed, Prescription):
            return MadePaper(await making.prescription(signed, head, language))
        return MadePaper(await making.certificate(signed, head, language))

    async def keep(self, work: Transaction, made: MadePaper, replaces_key: str | None = None) -> None: ...
