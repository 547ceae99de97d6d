"""Bodies and parameters, checked before anything else happens."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from queue_server.domain.errors import BadInput, TooLarge
from queue_server.web.body_limits import FILES
from queue_server.web.state import Request


class Body(BaseModel):
    """A JSON body: nothing is guessed, nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=200)


Model = TypeVar("Model", bound=BaseModel)

#: The longest Idempotency-Key that is kept.
LONGEST_KEY = 128
#: The largest id and journal line of both databases: PostgreSQL's have 32 bits.
LARGEST_NUMBER = 2**31 - 1
#: The id of a row as a program names it.
RowId = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]

#: What JSON and forms can carry and no database can hold: a NUL, and half of a character.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


async def parsed(request: Request, model: type[Model]) -> Model:
    """The request's JSON body as `model`; an empty body counts as {}. Raises `BadInput` naming the field."""
    return checked(await json_body(request), model)


def checked(sent: object, model: type[Model]) -> Model:
    """What was sent, as `model`. Raises `BadInput` naming the field."""
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        raise _bad_input(error) from error


async def json_body(request: Request) -> Any:
    """What the body says; an empty one counts as {}. Raises `BadInput` for what no database can hold."""
    try:
        raw = json.loads(await request.body() or b"{}")
        _check_json(raw)
    except (ValueError, RecursionError) as error:
        raise BadInput("body", "The body is not JSON.") from error
    return raw


@asynccontextmanager
async def sent_form(request: Request, **limits: Any) -> AsyncIterator[FormData]:
    """The form as it was sent, whose files are open inside. Raises `BadInput` for what no database can hold."""
    async with request.form(**limits) as sent:
        for name, value in sent.multi_items():
            check_storable(name, value if isinstance(value, str) else value.filename or "")
        yield sent


def _check_json(value: object) -> None:
    if isinstance(value, str):
        check_storable(value)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise BadInput("number", "A number is beyond all bounds.")
    elif isinstance(value, list | dict):
        for part in value:
            _check_json(part)
            if isinstance(value, dict):
                _check_json(value[part])


def check_storable(*texts: str) -> None:
    """Raises `BadInput` for a text with a NUL or half a character: SQLite takes some of them, PostgreSQL none."""
    if any(_UNSTORABLE.search(text) for text in texts):
        raise BadInput("text", "A text holds a character that cannot be kept.")


async def form(request: Request, *names: str) -> dict[str, str]:
    """The named texts of a form, empty where they are missing. Raises `BadInput` for a file in their place."""
    async with sent_form(request, max_files=0, max_fields=40) as sent:
        values = {name: sent.get(name, "") for name in names}
    for name, value in values.items():
        if not isinstance(value, str):
            raise BadInput(name, f"The field {name!r} must be a text.")
    return {name: str(value) for name, value in values.items()}


async def file_content(request: Request, file: object) -> bytes:
    """The content of a form's file, empty where none was sent. Raises `TooLarge` above what `FILES` says."""
    if not isinstance(file, UploadFile):
        return b""
    largest = FILES[request.scope["path"]]
    if (file.size or 0) > largest:
        raise TooLarge(largest)
    return await file.read()


def own_path(path: str) -> str:
    """`path` when it is an address of this site, else `/`: nobody is led elsewhere by a forged link."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else "/"


def whole_number(text: str | None, field: str, *, lowest: int, highest: int, default: int) -> int:
    """A number from a query; `default` when it is missing. Raises `BadInput` out of range."""
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or not lowest <= int(text[:20]) <= highest:
        raise BadInput(field, f"{field} is {text[:20]!r}; it must be a whole number from {lowest} to {highest}.")
    return int(text)


def path_number(request: Request, name: str) -> int:
    """A number from the path, as the route's own convertor has read it."""
    number: int = request.path_params[name]
    return min(number, LARGEST_NUMBER)


def idempotency_key(request: Request) -> str | None:
    """The request's Idempotency-Key. Raises `BadInput` when it is too long or not plain text."""
    key = request.headers.get("idempotency-key")
    if key is not None and (not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable()):
        raise BadInput("Idempotency-Key", f"An Idempotency-Key has 1 to {LONGEST_KEY} plain characters.")
    return key


def _bad_input(error: ValidationError) -> BadInput:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "body"
    return BadInput(field, f"{field}: {first['msg']}.")
