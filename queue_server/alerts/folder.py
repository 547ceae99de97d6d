"""Messages as files in a folder, so that the demo shows what patients would get, and sends nothing to anybody."""

from __future__ import annotations

import asyncio
from pathlib import Path

from queue_server.domain.alerts.alerts import Channel, Later, Message, Outcome, Sent


class FolderDriver:
    """One text file a message, named by the message's id, which a repetition writes again."""

    is_repeatable = True

    def __init__(self, channel: Channel, folder: Path) -> None:
        self.channel = channel
        self._folder = folder

    async def send(self, message: Message) -> Outcome:
        """The message lies in the folder."""
        path = self._folder / f"{self.channel}-{message.kind}-{message.id}.txt"
        lines = [f"To: {message.to}", f"Subject: {message.subject}", "", message.body]
        try:
            await asyncio.to_thread(_write, path, "\n".join(lines) + "\n")
        except OSError as error:
            return Later(f"the folder cannot be written to: {error.strerror}")
        return Sent(path.name)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
