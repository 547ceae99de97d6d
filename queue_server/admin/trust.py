"""How a device comes to trust the clinic's own authority; open to everybody, since it comes before any login."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server import qr_codes
from queue_server.web.pages import Page, page
from queue_server.web.state import Request

if TYPE_CHECKING:
    from queue_server.local_authority import LocalAuthority

PATH = "/trust"


@dataclass(frozen=True)
class TrustPage(Page):
    """The certificate to fetch, and the fingerprint by which it is recognised."""

    template = "admin/trust.html"

    fingerprint: str
    address: str


async def trust(request: Request) -> Response:
    """What to do on this device."""
    return page(request, TrustPage(_authority(request).fingerprint, _address(request)))


async def certificate(request: Request) -> Response:
    """The authority's certificate, in the form that phones and computers install."""
    kept = {"Cache-Control": "no-store"}
    return FileResponse(
        _authority(request).certificate, 200, kept, "application/x-x509-ca-cert", filename="smart-queue.crt"
    )


async def qr(request: Request) -> Response:
    """The page's own address, for the next device."""
    _authority(request)
    return Response(qr_codes.svg(_address(request)), media_type="image/svg+xml")


def _authority(request: Request) -> LocalAuthority:
    """Raises `HTTPException` (404) where the server's certificate is somebody else's."""
    # Only who has an authority of their own needs what it signs with, ten megabytes.
    from queue_server.local_authority import authority_of

    authority = authority_of(request.state["settings"].tls_cert)
    if authority is None:
        raise HTTPException(404)
    return authority


def _address(request: Request) -> str:
    return f"{request.state['settings'].phone_url}{PATH}"


routes: list[BaseRoute] = [
    Route(PATH, trust),
    Route(f"{PATH}/smart-queue.crt", certificate),
    Route(f"{PATH}/qr.svg", qr),
]
