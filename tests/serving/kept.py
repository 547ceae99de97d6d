"""A clinic with a document, in a folder that commands find by their settings."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from queue_server.clock import SteadyClock
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.records.documents import DocumentKind
from queue_server.services import compose
from queue_server.services.queue.issuing import IssueRequest
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import Keyring
from tests.clinics import KIOSK, SettableClock, a_clinic

SECRET = b"%PDF the patient has had a very rare illness " * 4000


def keep_a_clinic(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder holds a clinic with one document, and its keys."""
    monkeypatch.setenv("QUEUE_DATABASE_URL", f"sqlite:///{folder}/queue.db")
    monkeypatch.setenv("QUEUE_DATA", str(folder))

    async def fill() -> None:
        async with a_clinic(f"sqlite:///{folder}/queue.db"):
            pass
        keys = Keyring(folder / "document.keys")
        keys.prepare()
        await add(folder, keys)

    asyncio.run(fill())


async def add(folder: Path, keys: Keyring) -> None:
    """One more document of a new token."""
    store = Store(f"sqlite:///{folder}/queue.db", SteadyClock(SettableClock()))
    services = compose(store, lambda *_: [], "http://queue.test", keys=keys)
    try:
        token = await services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)
        async with store.transaction() as work:
            await services.records.documents.add(
                work,
                token_id=token.token_id,
                patient_id=None,
                kind=DocumentKind.REPORT,
                name="A rare illness.pdf",
                media_type="application/pdf",
                content=SECRET,
                by=Actor(ActorKind.DOCTOR, 1),
            )
    finally:
        await store.close()
