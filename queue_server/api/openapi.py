"""The OpenAPI 3.1 description, made from the same table as the routes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial, wraps
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server import __version__
from queue_server.api.models import ErrorAnswer
from queue_server.api.webhook_models import WebhookMessage
from queue_server.domain.access.authorisation import SCOPES, May
from queue_server.domain.access.scopes import Scope
from queue_server.domain.errors import BadInput
from queue_server.domain.programs.webhooks import Topic, scope_of
from queue_server.domain.queue.tokens import Action
from queue_server.web.bodies import LARGEST_NUMBER
from queue_server.web.state import Request

Handler = Callable[[Request], Awaitable[Response]]

ABOUT = """\
Every request but the open ones carries `Authorization: Bearer <key>`; a key opens what its scopes say. Bodies are JSON.
Every error has one shape: `{"error": {"code", "message", "details"}}`; programs rely on `code`.
A POST with an `Idempotency-Key` may be repeated: it is done once; repeated, it tells of the same thing as it is now.
A parameter that an address does not have is refused with 422, not passed over.
Lists are pages: ask again with `after` set to the `next` of the answer, until `next` is null.
A change that takes `If-Match` is made only to the version which that ETag names, else 412; 428 where it is required.
"""


@dataclass(frozen=True)
class Parameter:
    """A parameter in the query or a header; `lowest` and `highest` bound a number, `choices` a word."""

    name: str
    about: str
    kind: Literal["integer", "string", "date"] = "integer"
    lowest: int = 0
    highest: int = LARGEST_NUMBER
    choices: Sequence[str] = ()
    place: Literal["query", "header"] = "query"
    is_needed: bool = False


@dataclass(frozen=True)
class Operation:
    """One route of the API and what is said of it. `answers`: status → model, none for an empty answer.

    `may` is the right that it asks for (none: it is open), which adds 401 and 403 to the errors. `has_version`: its
    answer has an ETag. `match`: whether If-Match may or must be sent. `query` are parameters in the query and headers.
    `downloads`: the answer of 200 is a file of one of these media types; `takes_file`: so is the body. `streams`: the
    answer may also be Server-Sent Events.
    """

    method: str
    path: str
    handler: Handler
    answers: dict[int, type[BaseModel] | None]
    body: type[BaseModel] | None = None
    may: May | None = None
    query: Sequence[Parameter] = field(default=())
    errors: Sequence[int] = ()
    has_version: bool = False
    match: Literal["", "may", "must"] = ""
    is_idempotent: bool = True
    downloads: Sequence[str] = ()
    takes_file: bool = False
    streams: bool = False

    @property
    def scope(self) -> Scope | None:
        """What a key needs for this."""
        return SCOPES[self.may] if self.may else None

    @property
    def all_errors(self) -> list[int]:
        """The statuses of all errors that it answers."""
        asked = {401, 403} if self.may else set[int]()
        return sorted(
            {422, *self.errors, *asked, *({412} if self.match else ()), *({428} if self.match == "must" else ())}
        )

    @property
    def takes_key(self) -> bool:
        """Whether an Idempotency-Key makes it repeatable."""
        return self.method == "POST" and self.is_idempotent


def described(operations: Sequence[Operation]) -> list[BaseRoute]:
    """The routes of the operations, and the route of their description."""
    document = cache(partial(description, operations))

    async def openapi(request: Request) -> Response:
        return JSONResponse(document())

    routes: list[BaseRoute] = [Route(one.path, _answered(one), methods=[one.method]) for one in operations]
    return [*routes, Route("/api/v1/openapi.json", openapi)]


def _answered(operation: Operation) -> Handler:
    """The handler, asked only for what the operation has: a search passed over would find what nobody looked for.

    Nobody on the way may keep its answers: some are about patients, one holds a secret.
    """
    known = [one.name for one in operation.query if one.place == "query"]

    @wraps(operation.handler)
    async def answered(request: Request) -> Response:
        for name in request.query_params:
            if name not in known:
                has = f"it has {', '.join(known)}" if known else "it has none"
                raise BadInput(name[:40], f"This address has no parameter {name[:40]!r}; {has}.")
        response = await operation.handler(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered


def description(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole OpenAPI document."""
    models: set[type[BaseModel]] = {one.body for one in operations if one.body}
    models.update((ErrorAnswer, WebhookMessage))
    models |= {model for one in operations for model in one.answers.values() if model}
    ordered = sorted(models, key=lambda model: model.__name__)
    template = "#/components/schemas/{model}"
    _, schemas = models_json_schema([(model, "validation") for model in ordered], ref_template=template)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(plain(one.path), {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Smart Queue",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        # Relative: the clinic's own server, by whatever name the description was fetched.
        "servers": [{"url": "/", "description": "this server"}],
        "paths": paths,
        "webhooks": {topic.value: {"post": _message(topic)} for topic in Topic},
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def plain(path: str) -> str:
    """The path as the description writes it, without the kinds of its places."""
    return path.replace(":int}", "}")


def words_of(one: Operation) -> tuple[str, str]:
    """What the handler says of itself: its first line, and the rest."""
    summary, _, rest = inspect.cleandoc(one.handler.__doc__ or "").partition("\n")
    return summary, rest.strip()


def _operation(one: Operation) -> dict[str, Any]:
    summary, more = words_of(one)
    made: dict[str, Any] = {
        "operationId": one.handler.__name__,
        "summary": summary,
        "tags": [one.path.split("/")[3]],
        "parameters": [*_path_parameters(one.path), *map(_query_parameter, one.query), *_headers(one)],
        "responses": {str(status): _answer(one, model) for status, model in one.answers.items()},
        "security": [{"key": [one.scope.value]}] if one.scope else [],
    }
    if more:
        made["description"] = more
    for status in one.all_errors:
        made["responses"][str(status)] = _described(ErrorAnswer)
    if one.body:
        made["requestBody"] = {"content": _content(one.body), "required": True}
    elif one.takes_file:
        made["requestBody"] = {"content": {"application/octet-stream": {"schema": _FILE}}, "required": True}
    return made


_FILE: dict[str, Any] = {"type": "string", "format": "binary"}


def _message(topic: Topic) -> dict[str, Any]:
    """What is sent to a webhook that is told of this."""
    names = ("Webhook-Id", "Webhook-Timestamp", "Webhook-Signature")
    return {
        "operationId": topic.value.replace(".", "_"),
        "summary": f"{topic} (scope {scope_of(topic)}).",
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in names
        ],
        "requestBody": {"content": _content(WebhookMessage), "required": True},
        "responses": {"2XX": {"description": "Taken."}},
        "security": [],
    }


def _answer(one: Operation, model: type[BaseModel] | None) -> dict[str, Any]:
    if one.downloads:
        return {"description": "The file.", "content": {kind: {"schema": _FILE} for kind in one.downloads}}
    about: dict[str, Any] = _described(model) if model else {"description": "Nothing to say."}
    if one.streams:
        about["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    if one.has_version and model:
        about["headers"] = {"ETag": {"description": "the version", "schema": {"type": "string"}}}
    return about


def _described(model: type[BaseModel]) -> dict[str, Any]:
    return {"description": (model.__doc__ or "").strip().splitlines()[0], "content": _content(model)}


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(name, is_number=bool(kind))}
        for name, kind in re.findall(r"{(\w+)(:int)?}", path)
    ]


def _path_schema(name: str, *, is_number: bool) -> dict[str, Any]:
    if is_number:
        return {"type": "integer", "minimum": 0}
    if name == "action":
        return {"type": "string", "enum": [action.value for action in Action if action is not Action.ISSUE]}
    return {"type": "string", "minLength": 1}


def _query_parameter(one: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if one.kind == "integer":
        schema = {"type": "integer", "minimum": one.lowest, "maximum": one.highest}
    elif one.kind == "date":
        schema = {"type": "string", "format": "date"}
    elif one.choices:
        schema = {"type": "string", "enum": list(one.choices)}
    made = {"name": one.name, "in": one.place, "description": one.about, "schema": schema}
    return made | {"required": True} if one.is_needed else made


def _headers(one: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if one.takes_key:
        key = {"type": "string", "minLength": 1, "maxLength": 128}
        found.append({"name": "Idempotency-Key", "in": "header", "schema": key})
    if one.match:
        tag = {"type": "string", "minLength": 1}
        found.append({"name": "If-Match", "in": "header", "schema": tag, "required": one.match == "must"})
    return found
