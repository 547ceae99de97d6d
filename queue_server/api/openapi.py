"""The OpenAPI 3.1 description, made from the same table as the routes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server import __version__
from queue_server.api.models import ErrorAnswer

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Parameter:
    """A parameter in the query."""

    name: str
    about: str
    lowest: int
    highest: int


@dataclass(frozen=True)
class Operation:
    """One route of the API and what is said of it. `answers`: status → model, none for an empty answer."""

    method: str
    path: str
    handler: Handler
    answers: dict[int, type[BaseModel] | None]
    body: type[BaseModel] | None = None
    query: Sequence[Parameter] = field(default=())
    errors: Sequence[int] = (401, 403)
    is_open: bool = False
    is_idempotent: bool = False


def described(operations: Sequence[Operation]) -> list[BaseRoute]:
    """The routes of the operations, and the route of their description."""
    document = description(operations)

    async def openapi(request: Request) -> Response:
        return JSONResponse(document)

    routes: list[BaseRoute] = [Route(one.path, one.handler, methods=[one.method]) for one in operations]
    return [*routes, Route("/api/v1/openapi.json", openapi)]


def description(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole OpenAPI document."""
    models = {ErrorAnswer} | {one.body for one in operations if one.body}
    models |= {model for one in operations for model in one.answers.values() if model}
    ordered = sorted(models, key=lambda model: model.__name__)
    template = "#/components/schemas/{model}"
    _, schemas = models_json_schema([(model, "validation") for model in ordered], ref_template=template)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(_plain(one.path), {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Smart Queue", "version": __version__, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _operation(one: Operation) -> dict[str, Any]:
    first_line = (one.handler.__doc__ or "").strip().splitlines()[0]
    made: dict[str, Any] = {
        "operationId": one.handler.__name__,
        "summary": first_line,
        "parameters": [*_path_parameters(one.path), *map(_query_parameter, one.query)],
        "responses": {str(status): _answer(model) for status, model in one.answers.items()},
    }
    if one.is_idempotent:
        made["parameters"].append(
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "minLength": 1, "maxLength": 128}}
        )
    for status in one.errors:
        made["responses"][str(status)] = _answer(ErrorAnswer)
    if one.body:
        made["requestBody"] = {"content": _content(one.body), "required": True}
    if one.is_open:
        made["security"] = []
    return made


def _answer(model: type[BaseModel] | None) -> dict[str, Any]:
    about = (model.__doc__ or "").strip().splitlines()[0] if model else "Nothing to say."
    return {"description": about} | ({"content": _content(model)} if model else {})


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0} if kind else {"type": "string", "minLength": 1},
        }
        for name, kind in re.findall(r"{(\w+)(:int)?}", path)
    ]


def _query_parameter(one: Parameter) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": one.lowest, "maximum": one.highest}
    return {"name": one.name, "in": "query", "description": one.about, "schema": schema}


def _plain(path: str) -> str:
    return path.replace(":int}", "}")
