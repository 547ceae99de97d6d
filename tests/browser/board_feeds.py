"""A board whose frames a test chooses: for clinics of every size, and for things that a server seldom does."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from display.announcing import announcement
from display.web.pages import BoardPage, trials
from display.web.words import words
from queue_server.domain.voice.bundles import Bundle
from queue_server.locale import LANGUAGES, texts
from tests.browser.rendering import pages, render
from tests.waiting import take_time

LANGUAGES_SHOWN = ["en", "hi"]

DEPARTMENTS = [
    ("GEN", "G", {"en": "General", "hi": "सामान्य"}, "general", "teal"),
    ("DEN", "D", {"en": "Dental", "hi": "दाँत"}, "dental", "blue"),
    ("ENT", "E", {"en": "Ear, nose, throat", "hi": "कान, नाक, गला"}, "ent", "amber"),
    ("LAB", "L", {"en": "Laboratory", "hi": "प्रयोगशाला"}, "lab", "violet"),
    ("MAT", "M", {"en": "Mother and child", "hi": "जच्चा-बच्चा"}, "maternity", "rose"),
    ("PHA", "P", {"en": "Pharmacy", "hi": "दवाखाना"}, "medicine", "green"),
    ("ORT", "O", {"en": "Bones and joints", "hi": "हड्डी और जोड़"}, "bone", "brick"),
    ("EYE", "Y", {"en": "Eye", "hi": "आँख"}, "eye", "slate"),
]


class BoardFeed:
    """The program behind one board: it sends `data` to whoever is connected, and beats; `revision` grows."""

    def __init__(self, version: str = "1") -> None:
        self.data: dict[str, Any] = board()
        self.version = version
        self.revision = 0
        #: What is spoken with, by language; a board that speaks names their addresses.
        self.voices: dict[str, Bundle] = {}
        #: What pages have told of their sound.
        self.told: list[str] = []
        self.asked_after: list[str] = []
        self._sockets: set[WebSocket] = set()
        self.app = pages(
            Route("/display/service-worker.js", self._worker),
            Route("/display/main", self._page),
            Route("/display/main/sound", self._sound, methods=["POST"]),
            Route("/voice/{language}/{digest}", self._voice),
            WebSocketRoute("/ws/board/main", self._live),
        )

    async def show(self, data: dict[str, Any]) -> None:
        """Every page that is connected is sent this view."""
        self.data = data
        self.revision += 1
        for socket in list(self._sockets):
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_text(self._frame())

    async def _page(self, request: object) -> Response:
        shown = BoardPage(
            "main", "Asia/Kolkata", self.version, {code: words(texts(code)) for code in LANGUAGES}, trials()
        )
        content = render(shown)
        return HTMLResponse(content, headers={"Display-Version": self.version})

    async def _sound(self, request: Request) -> Response:
        self.told.append((await request.json())["sound"])
        return Response(status_code=204)

    async def _voice(self, request: Request) -> Response:
        language = request.path_params["language"]
        return Response(self.voices[language].content, media_type="application/octet-stream")

    async def _worker(self, request: object) -> Response:
        return Response("// keeps nothing", media_type="text/javascript")

    async def _live(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.asked_after.append(websocket.query_params["after_call"])
        await websocket.send_text(self._frame())
        self._sockets.add(websocket)
        try:
            while True:
                await take_time(2)
                await websocket.send_text(json.dumps({"type": "beat", "at": moment()}))
        except (WebSocketDisconnect, RuntimeError, asyncio.CancelledError):
            pass  # the page has gone, or the program is stopped
        finally:
            self._sockets.discard(websocket)

    def _frame(self) -> str:
        frame = {"type": "view", "topic": "board:main", "rev": self.revision, "at": moment(), "data": self.data}
        return json.dumps(frame)


def moment(seconds_ago: float = 0) -> str:
    """A time of the server's clock, which is this machine's."""
    return (datetime.now(UTC) - timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def call(call_id: int, number: str, room: str, *, seconds_ago: float = 0, at: str | None = None) -> dict[str, Any]:
    """One call of the view."""
    code = next((code for code, prefix, *_ in DEPARTMENTS if number.startswith(prefix)), "GEN")
    return {
        "call_id": call_id,
        "number": number,
        "room": room,
        "department": code,
        "at": at or moment(seconds_ago),
        "is_recall": False,
        "say": announcement(number, room, LANGUAGES_SHOWN),
    }


def doctor(
    number: int, room: str, department: str, state: str = "on_duty", back_at: str | None = None
) -> dict[str, Any]:
    """One doctor's duty."""
    return {
        "doctor": f"Doctor {number}",
        "room": room,
        "department": department,
        "state": state,
        "reason": None,
        "back_at": back_at,
        "serving": None,
    }


def board(
    calls: Sequence[dict[str, Any]] = (),
    departments: int = 3,
    doctors: Sequence[dict[str, Any]] | None = None,
    room_names: dict[str, str | dict[str, str]] | None = None,
) -> dict[str, Any]:
    """The data of a view."""
    shown = [
        {
            "code": code,
            "prefix": prefix,
            "names": names,
            "icon": icon,
            "colour": colour,
            "waiting": (place * 7 + 14) % 23,
            "is_open": place != 5,
            "wait": WAITS[place % 3],
            "is_closing": place == 1,
        }
        for place, (code, prefix, names, icon, colour) in enumerate(DEPARTMENTS[:departments])
    ]
    return {
        "board": "main",
        "clinic": "Sunrise Clinic",
        "languages": LANGUAGES_SHOWN,
        "time_zone": "Asia/Kolkata",
        "calls": list(calls),
        "waiting": {department["code"]: department["waiting"] for department in shown},
        "departments": shown,
        "doctors": list(doctors) if doctors is not None else usual_doctors(),
        "room_names": {
            code: name if isinstance(name, dict) else dict.fromkeys(LANGUAGES_SHOWN, name)
            for code, name in (room_names or {}).items()
        },
        "voices": {},
        "trial": None,
        "here_code": "",
        "abha_code": "",
        "abha_sms": False,
        "notices": {},
        "volume": 80,
        "layout": "large",
        "clock_wrong": False,
    }


#: Of a newcomer: in minutes, past closing time, by the clock.
WAITS = [
    {"words": "wait_range", "values": {"low": 35, "high": 50}, "minutes": 45},
    {"words": "wait_clock", "values": {"from": "11:10", "until": "11:50"}, "minutes": 80, "late": True},
    {"words": "wait_clock", "values": {"from": "11:10", "until": "11:50"}, "minutes": 80},
]


def usual_doctors() -> list[dict[str, Any]]:
    """A morning: one is late, one is on a break."""
    return [
        doctor(1, "1", "GEN"),
        doctor(2, "2", "GEN", "on_break", "2026-11-22T06:00:00Z"),
        doctor(3, "5", "GEN", "expected"),
        doctor(4, "3", "DEN"),
        doctor(5, "4", "ENT", "expected", "2026-11-22T05:30:00Z"),
    ]


def earlier() -> list[dict[str, Any]]:
    """Calls of the last quarter of an hour."""
    calls = [("E-004", "4"), ("D-101", "3"), ("G-009", "2"), ("G-010", "1"), ("G-011", "5")]
    return [call(place, number, room, seconds_ago=900 - place) for place, (number, room) in enumerate(calls, 1)]


def many_doctors() -> list[dict[str, Any]]:
    """Four in each of eight departments, in every state."""
    states = ["on_duty", "on_break", "expected", "off_duty"]
    back = "2026-11-22T06:00:00Z"
    return [
        doctor(n, str(n), DEPARTMENTS[n % 8][0], states[n // 8 % 4], back if states[n // 8 % 4] == "on_break" else None)
        for n in range(1, 33)
    ]
