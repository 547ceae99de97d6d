"""A hand-held scanner, which types faster than anybody and ends with Enter."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Page


async def scan(page: Page, code: str) -> None:
    """The scanner reads this code. Its keys are the browser's own, one right behind the other."""
    session = await page.context.new_cdp_session(page)
    await asyncio.gather(
        *(session.send("Input.dispatchKeyEvent", one) for key in [*code, "Enter"] for one in _strokes(key))
    )
    await session.detach()


def _strokes(key: str) -> list[dict[str, Any]]:
    text = "\r" if key == "Enter" else key
    code = key if key == "Enter" else f"Key{key.upper()}" if key.isalpha() else f"Digit{key}" if key.isdigit() else ""
    known = {"key": key, "code": code, "windowsVirtualKeyCode": 13 if key == "Enter" else ord(key.upper())}
    return [{"type": "keyDown", "text": text, **known}, {"type": "keyUp", **known}]
