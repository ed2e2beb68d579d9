"""`Idempotency-Key`: a POST that is sent twice does its work once."""

import hashlib
import json
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from mediaops.api.problems import Problem
from mediaops.models import StoredAnswer

HEADER = "Idempotency-Key"
DEAD_AFTER = timedelta(minutes=2)
"""A first request that has not answered by then died with its process."""


class AnsweredBefore(Exception):
    """Not an error: the stored answer of the first request."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def claim(request: Any) -> StoredAnswer | None:
    """Take the request's key for this request, or raise what the first one answered.

    None when there is no key. The same key with another body is a 409, and so is a first request
    that is still at work (with Retry-After).
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return None
    if len(key) > 200:
        raise Problem(400, "idempotency_key", _("An Idempotency-Key has at most 200 characters."))
    asked, now = digest(request), timezone.now()
    row, is_new = StoredAnswer.objects.get_or_create(
        token=request.auth.token, key=key, defaults={"asked": asked, "made_at": now}
    )
    if is_new:
        return row
    if row.asked != asked:
        raise Problem(409, "idempotency_mismatch", _("This Idempotency-Key was used for another request."))
    if row.status is not None:
        raise AnsweredBefore(Response(row.body, row.status, headers={"Idempotent-Replayed": "true"}))
    dead = StoredAnswer.objects.filter(pk=row.pk, status=None, made_at__lt=now - DEAD_AFTER)
    if dead.update(made_at=now):
        return row
    raise Problem(
        409, "idempotency_running", _("The first request with this key is still at work."), {"Retry-After": "1"}
    )


def settle(row: StoredAnswer, response: Any, *, without: Collection[str] = ()) -> None:
    """Keep the answer when something was done; else give the key back, for nothing was.

    The members named in `without` are kept as null.
    """
    rows = StoredAnswer.objects.filter(pk=row.pk)
    if response.status_code >= 400:
        rows.delete()
        return
    body = json.loads(JSONRenderer().render(getattr(response, "data", None)) or "null")
    if isinstance(body, dict):
        body |= {name: None for name in without if name in body}
    rows.update(status=response.status_code, body=body)


def digest(request: Any) -> str:
    """Return the digest of method, path and what was sent, whatever the multipart boundary."""
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data = request.data
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            for value in values:
                asked.update(f"\n{name}=".encode())
                asked.update(_content(value))
    else:
        asked.update(json.dumps(data, sort_keys=True, default=str).encode())
    return asked.hexdigest()


def _content(value: Any) -> bytes:
    if not isinstance(value, UploadedFile):
        return str(value).encode()
    inner = hashlib.sha256(str(value.name).encode())
    for chunk in value.chunks():
        inner.update(chunk)
    value.seek(0)
    return inner.digest()
