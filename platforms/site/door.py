"""The public door: which site, in which language and zone. Nobody signs in here."""

import zoneinfo
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from mediaops.models import Workspace
from platforms.models import SiteKey

View = Callable[..., HttpResponse]


def site_page(view: View) -> View:
    """Open a view to everybody. It gets `request.workspace`; a site that was never opened is a 404."""

    @wraps(view)
    def opened(request: Any, workspace: str, **kwargs: Any) -> HttpResponse:
        site = SiteKey.objects.select_related("workspace").filter(workspace__slug=workspace).first()
        if site is None:
            raise Http404
        request.workspace = site.workspace
        language = language_for(request, site.workspace)
        request.LANGUAGE_CODE = language
        zone = zoneinfo.ZoneInfo(site.workspace.time_zone)
        with translation.override(language), timezone.override(zone):
            answer = view(request, **kwargs)
        patch_vary_headers(answer, ["Accept-Language"])
        answer.headers.setdefault("Content-Language", language)
        return answer

    return opened


def language_for(request: Any, workspace: Workspace) -> str:
    """Return the visitor's language where we speak it, else the workspace's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    wished = [code for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())]
    for code in [chosen, *wished]:
        if code.startswith("zh"):
            return "zh-hans"
        if code.startswith("en"):
            return "en"
    return workspace.language
