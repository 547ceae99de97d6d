"""Pages, requests and the live line of the doctor's console."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from doctor_console.web import actions, afterwards, documents, pages, prescribing
from queue_server.web.watching import watched

routes: list[BaseRoute] = [
    Route("/doctor", pages.choose),
    Route("/doctor/{room}", pages.console),
    Route("/doctor/documents/{document:int}", documents.document),
    Route("/doctor/{room}/next", actions.call_next, methods=["POST"]),
    Route("/doctor/{room}/call", actions.call, methods=["POST"]),
    Route("/doctor/{room}/scan", actions.scan, methods=["POST"]),
    Route("/doctor/{room}/undo", actions.undo, methods=["POST"]),
    Route("/doctor/{room}/duty", actions.change_duty, methods=["POST"]),
    Route("/doctor/{room}/tokens/{token:int}/transfer", actions.transfer, methods=["POST"]),
    Route("/doctor/{room}/tokens/{token:int}/recall", actions.recall, methods=["POST"]),
    Route("/doctor/{room}/tokens/{token:int}/documents", documents.upload, methods=["POST"]),
    Route("/doctor/{room}/tokens/{token:int}/documents/{document:int}/remove", documents.remove, methods=["POST"]),
    Route("/doctor/{room}/tokens/{token:int}/history", documents.history),
    Route("/doctor/{room}/tokens/{token:int}/{action}", actions.act, methods=["POST"]),
    *afterwards.routes,
    *prescribing.routes,
    *watched("/room/{room}", pages.live),
]

__all__ = ["routes"]
