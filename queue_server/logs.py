"""Logs that a person reads in a terminal, or a program in production; neither holds what is personal or secret.

Code logs with the standard library: `logging.getLogger(__name__)`, and gives facts as `extra`. `REQUEST_ID` stands on
every line of its task. Each request leaves a line, so that making one is not left to a library that takes three times
as long.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, TextIO

#: The id of the request that is answered; none outside of one.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")

Format = Literal["text", "json"]

#: What slips into messages and tracebacks of libraries: keys, links, and numbers that look like a phone's.
_HIDDEN = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 …"),
    (re.compile(r"(?i)([?&#](?:key|code|secret|token|pin|phone|password)=)[^&\s\"']+"), r"\1…"),
    (re.compile(r"(/t/|/ws/token/)[\w-]{8,}"), r"\1…"),
    (re.compile(r"(?<![\w.:+-])\+?\d[\d ]{8,14}\d(?![\w.:-])"), "…"),
)


def configure(form: Format = "text", stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """From now on the process's logs have this form: a line each, on standard error if no stream is given."""
    handler = _Lines(stream)
    handler.setFormatter(_formatter(form, has_colours=(stream or sys.stderr).isatty()))
    root = logging.getLogger()
    root.handlers[:] = [*(known for known in root.handlers if not isinstance(known, _Lines)), handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Each request of a webhook or a gateway is noted where it is sent; its address may hold a secret.
    for name in ("httpx2", "httpcore2", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _Lines(logging.StreamHandler[TextIO]):
    """Writes to the stream, or to whatever standard error is at the time."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream)
        self._given = stream

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = self._given or sys.stderr
        super().emit(record)


@lru_cache(maxsize=256)
def hidden(text: str) -> str:
    """The text without anything that looks like a key, a link or a phone number."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


#: What a record has without any `extra`.
_OWN = frozenset({*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"})
_PLAIN = re.compile(r"""[^\s="']*""")
_COLOURS = {"debug": "32", "info": "32", "warning": "33", "error": "31", "critical": "31"}


class _Formatter(logging.Formatter):
    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        """What was given with the line, and the request's id."""
        found = {name: _shown(value) for name, value in record.__dict__.items() if name not in _OWN}
        if request_id := REQUEST_ID.get():
            found["request_id"] = request_id
        return found

    def fault(self, record: logging.LogRecord) -> str:
        """The traceback of an error, empty where there is none."""
        return hidden(self.formatException(record.exc_info)) if record.exc_info else ""


class _Text(_Formatter):
    """Lines for a terminal: `2026-11-22 10:00:00 [info] The day has begun. [queue_server.app] department=GEN`."""

    def __init__(self, *, has_colours: bool) -> None:
        super().__init__()
        self._has_colours = has_colours

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(record.created))
        level, said, logger = record.levelname.lower(), hidden(record.getMessage()), record.name
        if self._has_colours:
            level, said = f"\x1b[{_COLOURS.get(level, '0')}m{level}\x1b[0m", f"\x1b[1m{said}\x1b[0m"
            at, logger = f"\x1b[2m{at}\x1b[0m", f"\x1b[34m{logger}\x1b[0m"
        facts = "".join(f" {name}={_word(value)}" for name, value in sorted(self.facts(record).items()))
        fault = self.fault(record)
        return f"{at} [{level}] {said} [{logger}]{facts}" + (f"\n{fault}" if fault else "")


class _Json(_Formatter):
    """Lines for a program, each an object."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"event": hidden(record.getMessage()), "logger": record.name, "level": record.levelname.lower()}
        line |= self.facts(record)
        line["timestamp"] = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        if fault := self.fault(record):
            line["exception"] = fault
        return json.dumps(line, ensure_ascii=False, default=repr)


def _formatter(form: Format, *, has_colours: bool) -> logging.Formatter:
    return _Text(has_colours=has_colours) if form == "text" else _Json()


def _shown(value: Any) -> Any:
    return hidden(value) if isinstance(value, str) else value


def _word(value: Any) -> str:
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else repr(value)
