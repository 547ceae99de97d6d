"""Logs that a person reads in a terminal, or a program in production; neither holds what is personal or secret.

Code logs with the standard library: `logging.getLogger(__name__)`. What is bound with
`structlog.contextvars.bind_contextvars` (the request's id) stands on every line of its task.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, Literal, TextIO

import structlog

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


def _formatter(form: Format, *, has_colours: bool) -> logging.Formatter:
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso" if form == "json" else "%Y-%m-%d %H:%M:%S", utc=True),
        structlog.processors.format_exc_info,
        _hide,
    ]
    last: structlog.types.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "text":
        plain = structlog.dev.plain_traceback
        last = structlog.dev.ConsoleRenderer(
            colors=has_colours, exception_formatter=plain, pad_event_to=0, pad_level=False
        )
    finishing: list[structlog.types.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=finishing)


def _hide(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in line.items():
        if isinstance(value, str) and name != "timestamp":
            line[name] = hidden(value)
    return line
