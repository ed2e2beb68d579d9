"""Errors of the API, as RFC 9457 problem documents."""

import logging
import math
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from mediaops.errors import UserError

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"


class Problem(UserError):
    """An error of the API itself; `headers` go out with it.

    Any UserError may carry `extra`: members that its problem document has beside the usual ones.
    """

    def __init__(
        self,
        status: int,
        code: str,
        sentence: object,
        headers: dict[str, str] | None = None,
        *,
        fields: dict[str, list[str]] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence, fields=fields)
        self.status, self.code, self.headers = status, code, headers or {}
        self.extra = extra or {}


def problem(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every error becomes `{type, title, status, code, detail, fields}`."""
    set_rollback()
    request = context.get("request")
    if isinstance(error, UserError):
        fields = {name: [str(s) for s in sentences] for name, sentences in error.fields.items()}
        said = answer(int(error.status), error.code, str(error), fields, getattr(error, "headers", None))
        said.data.update(getattr(error, "extra", {}))
        return said
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(_messages(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is no such thing in this workspace."))
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    if isinstance(error, exceptions.APIException):
        return answer(error.status_code, _code(error), _sentence(error), {}, _headers(error))
    return _our_bug(error, request, context)


def answer(
    status: int,
    code: str,
    detail: str,
    fields: dict[str, list[str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return one problem document."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(body | {"fields": fields or {}}, status, headers=headers or None, content_type=CONTENT_TYPE)


def _invalid(error: exceptions.ValidationError) -> Response:
    fields: dict[str, list[str]] = {}
    _collect(error.detail, "", fields)
    general = fields.pop("", []) + fields.pop("non_field_errors", [])
    if general:
        detail = " ".join(general)
    elif len(fields) == 1 and len(next(iter(fields.values()))) == 1:
        name, sentences = next(iter(fields.items()))
        detail = f"{name}: {sentences[0]}"
    else:
        detail = _("Some fields are not right: %(names)s.") % {"names": ", ".join(fields)}
    return answer(400, "invalid", detail, fields)


def _collect(detail: Any, path: str, into: dict[str, list[str]]) -> None:
    """Flatten DRF's nested errors to `items.0.title`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            _collect(inner, f"{path}.{name}" if path else str(name), into)
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            if inner:
                _collect(inner, f"{path}.{number}" if nested else path, into)
    else:
        into.setdefault(path.removesuffix(".non_field_errors"), []).append(str(detail))


def _messages(error: DjangoValidationError) -> Any:
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _sentence(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.Throttled):
        wait_s = max(1, math.ceil(error.wait or 1))
        return _("Too many requests. Try again in %(wait)s seconds.") % {"wait": wait_s}
    if isinstance(error, exceptions.NotAuthenticated):
        return _("Send a token: “Authorization: Bearer …”.")
    return str(error.detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(max(1, math.ceil(error.wait or 1)))
    return headers


def _our_bug(error: Exception, request: Any, context: dict[str, Any]) -> Response:
    log.error("API request failed", exc_info=error)
    got_request_exception.send(sender=type(context.get("view")), request=getattr(request, "_request", request))
    number = getattr(getattr(request, "_request", None), "number", "")
    return answer(500, "error", _("Something went wrong on our side (request %(number)s).") % {"number": number})
