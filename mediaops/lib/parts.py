"""Answer with a page, or with the part of it that htmx asked for."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def wants_part(request: HttpRequest) -> bool:
    """Say whether htmx wants a fragment (boosted links and history restores want the page)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def show(
    request: HttpRequest, page: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render `part` for htmx and `page` (which includes it) for everyone else."""
    template = part if wants_part(request) else page
    answer = render(request, template, dict(context), status=status)
    answer.headers["Vary"] = "HX-Request"
    return answer


def done(
    request: HttpRequest,
    part: str | None = None,
    context: Mapping[str, Any] | None = None,
    *,
    event: str,
    to: str,
    said: str = "",
) -> HttpResponse:
    """After a change: the renewed part plus an event for htmx, a redirect for a plain form.

    `event` is `noun:past` (`publication:moved`). `said` is one sentence for the toast. Without a
    `part`, htmx is sent to `to` as well.
    """
    if not wants_part(request):
        if said:
            messages.success(request, said)
        return redirect(to)
    if part is None:
        if said:
            messages.success(request, said)
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    answer = render(request, part, dict(context or {}))
    answer.headers["HX-Trigger"] = json.dumps({event: {"said": said}})
    answer.headers["Vary"] = "HX-Request"
    return answer
