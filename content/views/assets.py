"""The media library: pictures uploaded once, described, and found again."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse

from content.models import Asset
from mediaops.access import get_own, team_view
from mediaops.models import Right


@team_view(needs=Right.SEE)
def asset_file(request: Any, pk: int) -> HttpResponse:
    asset = get_own(Asset.objects.all(), request, pk=pk)
    return _serve(asset.file.name, asset.mime)


@team_view(needs=Right.SEE)
def asset_thumb(request: Any, pk: int) -> HttpResponse:
    asset = get_own(Asset.objects.all(), request, pk=pk)
    if asset.thumbnail:
        return _serve(asset.thumbnail.name, "image/webp")
    return _serve(asset.file.name, asset.mime)


def _serve(name: str, mime: str) -> HttpResponse:
    """Stream a stored file as exactly what it is: nothing to sniff, nothing to run."""
    try:
        stored = default_storage.open(name, "rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(stored, content_type=mime)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
