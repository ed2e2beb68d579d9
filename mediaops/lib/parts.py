"""Answer with a page, or with the part of it that htmx asked for."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


@dataclass(frozen=True)
class Undo:
    """The way back from what was just done: an address to post to, and the form's hidden fields.

    Give one only where the way back leaves nothing behind: it is the button in the toast.
    """

    to: str
    fields: Mapping[str, str] = field(default_factory=dict)


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
    undo: Undo | None = None,
) -> HttpResponse:
    """After a change: the renewed part plus an event for htmx, a redirect for a plain form.

    `event` is `noun:past` (`publication:moved`). `said` is one sentence for the toast, `undo` its
    button. Without a `part`, htmx is sent to `to` as well.
    """
    if not wants_part(request):
        say(request, said, undo)
        return redirect(to)
    if part is None:
        say(request, said, undo)
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    answer = render(request, part, dict(context or {}))
    answer.headers["HX-Trigger"] = json.dumps({event: {"said": said} | ({"undo": asdict(undo)} if undo else {})})
    answer.headers["Vary"] = "HX-Request"
    return answer


def say(request: HttpRequest, said: str, undo: Undo | None = None) -> None:
    """Keep a sentence, and the way back, for the toast of the next page; "" says nothing."""
    if said:
        messages.success(request, said, extra_tags=json.dumps(asdict(undo)) if undo else "")
