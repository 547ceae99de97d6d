"""One websocket from its acceptance to its end, the same for every topic."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from queue_server.live.frames import Frame, encode_error
from queue_server.live.hub import Hub, UnknownTopic, ViewUnavailable
from queue_server.live.subscriber import Subscriber, direct_subscriber, pumping_subscriber
from queue_server.live.topic_names import TopicName

OnMessage = Callable[[str], Awaitable[None]]


class BadMessage(Exception):
    """The peer said something that this line does not take; its message is told to the peer."""


async def serve_topic(
    websocket: WebSocket[Any],
    hub: Hub,
    topic: TopicName,
    on_message: OnMessage | None = None,
    first: Frame | None = None,
    owner: str | None = None,
) -> None:
    """Accept `websocket` and show it `topic` until either side ends the line; nothing of it is left afterwards.

    `first` is sent before the first view. Texts from the peer go to `on_message` one after the other; what raises
    BadMessage there, and anything at all where no messages are expected, closes the line with 1008. An unknown
    topic closes it with 4404, a view that cannot be computed with 1013: come again. Lines of one `owner` can be cut
    with `Hub.end_lines_of`.
    """
    await websocket.accept()
    try:
        direct = direct_subscriber(websocket, owner)
        if direct is not None:
            # Nearly all lines are such, and each keeps whatever is entered here.
            await _watch(websocket, hub, topic, direct, on_message, first)
        else:
            async with pumping_subscriber(websocket, owner) as subscriber:
                await _watch(websocket, hub, topic, subscriber, on_message, first)
    except UnknownTopic:
        await refuse(websocket, 4404, "unknown", "There is nothing to show here.")
    except ViewUnavailable:
        await refuse(websocket, 1013, "unavailable", "This cannot be shown just now.")
    except BadMessage as error:
        await refuse(websocket, 1008, "bad_frame", str(error))
    except WebSocketDisconnect:
        pass


async def refuse(websocket: WebSocket[Any], close_code: int, code: str, message: str) -> None:
    """Tell the peer why with an error frame and close, accepting first where needed: only then a browser learns why."""
    with suppress(WebSocketDisconnect):
        if websocket.application_state is WebSocketState.CONNECTING:
            await websocket.accept()
        await websocket.send_text(encode_error(code, message).decode())
        await websocket.close(close_code, code)


async def _watch(
    websocket: WebSocket[Any],
    hub: Hub,
    topic: TopicName,
    subscriber: Subscriber,
    on_message: OnMessage | None,
    first: Frame | None,
) -> None:
    if first is not None:
        subscriber.write(first)
    async with hub.subscribed(topic, subscriber):
        while (message := await websocket.receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            if on_message is None or text is None:
                raise BadMessage("This line takes no such messages.")
            await on_message(text)
