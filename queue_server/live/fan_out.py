"""One frame to many subscribers, with a turn for everybody else in between."""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from queue_server.live.frames import Frame, encode_error
from queue_server.live.subscriber import Subscriber

logger = logging.getLogger(__name__)

WRITES_PER_TURN = 200


async def write_to_all(subscribers: Sequence[Subscriber], frame: Frame) -> None:
    """Write `frame` to every subscriber; requests are answered meanwhile."""
    for start in range(0, len(subscribers), WRITES_PER_TURN):
        if start:
            await asyncio.sleep(0)
        write_to(subscribers[start : start + WRITES_PER_TURN], frame)


def write_to(subscribers: Iterable[Subscriber], frame: Frame) -> None:
    """Write `frame` to every subscriber at once; one that fails is logged and costs the others nothing."""
    for subscriber in subscribers:
        try:
            subscriber.write(frame)
        except Exception:
            logger.exception("a subscriber could not be written to")


def end_all(subscribers: Iterable[Subscriber], close_code: int, code: str, message: str) -> None:
    """Close every subscriber's line with an error frame and websocket close `close_code`."""
    frame = Frame.of(encode_error(code, message))
    for subscriber in subscribers:
        try:
            subscriber.write(frame)
            subscriber.end(close_code, code)
        except Exception:
            logger.exception("a line could not be ended")
