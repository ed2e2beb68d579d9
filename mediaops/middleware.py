"""Small steps around every request."""

import logging
import secrets
import zoneinfo
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from mediaops.errors import UserError
from mediaops.lib.parts import wants_part

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)


def true_address(get_response: Answer) -> Answer:
    """Behind our own proxy, take the visitor's address from what that proxy saw (the last it added)."""

    def step(request: HttpRequest) -> HttpResponse:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if settings.BEHIND_PROXY and told:
            request.META["REMOTE_ADDR"] = told
        return get_response(request)

    return step


def request_number(get_response: Answer) -> Answer:
    """Give the request a number that logs, error pages and the answer's header share."""

    def step(request: Any) -> HttpResponse:
        request.number = secrets.token_hex(4)
        with structlog.contextvars.bound_contextvars(request=request.number):
            answer = get_response(request)
        answer.headers["X-Request-Number"] = request.number
        return answer

    return step


def security_headers(get_response: Answer) -> Answer:
    """Say what our pages may load: their own files, and pictures."""

    def step(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        answer.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        answer.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return answer

    return step


def members_ways(get_response: Answer) -> Answer:
    """Speak the signed-in person's language and show times in their zone."""

    def step(request: Any) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        if user.is_authenticated and user.time_zone:
            timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
        try:
            return get_response(request)
        finally:
            timezone.deactivate()

    return step


def user_errors(get_response: Answer) -> Answer:
    """Turn a UserError that a view let rise into a page, or a notice for htmx."""

    def step(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, UserError):
            return None
        template = "ui/_problem.html" if wants_part(request) else "errors/problem.html"
        answer = render(request, template, {"error": error, "status": int(error.status)}, status=error.status)
        if wants_part(request):
            answer.headers["HX-Retarget"] = "#problems"
            answer.headers["HX-Reswap"] = "innerHTML show:window:top"
        return answer

    step.process_exception = process_exception  # type: ignore[attr-defined]
    return step
