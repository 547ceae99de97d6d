"""How a department is set up, for programs that may change it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from starlette.responses import Response

from queue_server.api.models import DepartmentChange, DepartmentPlan
from queue_server.api.openapi import Operation
from queue_server.api.request_context import required_version, tagged
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import ChangedMeanwhile, Outdated
from queue_server.web.bodies import parsed
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def get_plan(request: Request) -> Response:
    """Read how a department is set up."""
    await allowed(request, May.SET_UP)
    plan = await services(request).clinic.departments.one(request.path_params["department"])
    return tagged(plan, _version(plan))


async def change_plan(request: Request) -> Response:
    """Change how a department is set up; what is left out stays. Screens show it at once."""
    by = await allowed(request, May.SET_UP)
    sent, version = await parsed(request, DepartmentChange), required_version(request)
    known, code = services(request).clinic.departments, request.path_params["department"]
    seen = await known.one(code)
    if version not in {None, _version(seen)}:
        raise Outdated
    try:
        await known.change(code, sent.model_dump(exclude_unset=True), seen, by=by)
    except ChangedMeanwhile as error:
        raise Outdated from error
    plan = await known.one(code)
    return tagged(plan, _version(plan))


def _version(plan: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()[:20]


_PATH = "/api/v1/departments/{department}/plan"

OPERATIONS = (
    Operation("GET", _PATH, get_plan, {200: DepartmentPlan}, may=May.SET_UP, errors=(404,), has_version=True),
    Operation(
        "PATCH",
        _PATH,
        change_plan,
        {200: DepartmentPlan},
        DepartmentChange,
        may=May.SET_UP,
        errors=(404, 413, 422),
        has_version=True,
        match="must",
    ),
)
