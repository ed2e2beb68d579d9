"""Where platforms call us: one unguessable address per account, open to the world, proven by signature."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from platforms.actions import callbacks
from platforms.connectors.errors import NotGenuine
from platforms.connectors.remote import CallbackRequest

log = logging.getLogger(__name__)
BODY_MAX = 1_000_000
"""Bytes; no platform sends a tenth of it."""


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, key: str) -> HttpResponse:
    """Check, keep, answer. Whatever is not genuine gets the same 403, and no hint."""
    body = request.read(BODY_MAX + 1) if request.method == "POST" else b""
    try:
        if len(body) > BODY_MAX:
            raise NotGenuine("too large")
        answer = callbacks.receive(key, _told(request, body), timezone.now())
    except NotGenuine as error:
        log.info("a callback was turned away: %s", error)
        return HttpResponse(status=403, content_type="text/plain")
    return HttpResponse(answer.body, content_type=answer.content_type)


def _told(request: HttpRequest, body: bytes) -> CallbackRequest:
    method: Any = request.method
    return CallbackRequest(method, request.GET.dict(), dict(request.headers), body)
