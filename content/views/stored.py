"""Files of the storage as answers."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse


def serve(name: str, mime: str, *, save_as: str = "") -> HttpResponse:
    """Stream a stored file as exactly what it is: nothing to sniff, nothing to run.

    With `save_as` the browser saves it under that name instead of showing it.
    """
    try:
        stored = default_storage.open(name, "rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(stored, content_type=mime, as_attachment=bool(save_as), filename=save_as)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
