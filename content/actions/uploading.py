"""How far a long upload got: kept on the publication, so that a later attempt goes on from there."""

from collections.abc import Mapping
from typing import Any

from content.models import Publication
from platforms.connectors.outgoing import Upload


class KeptUpload(Upload):
    """The upload of one claim of a publication; what an earlier attempt kept is known to it.

    Every word is one UPDATE of its own row and counts only for its own claim: a worker that was
    given up for dead no longer writes.
    """

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        told: dict[str, Any] = publication.upload or {}
        self._done, self._total = told.get("done", 0), told.get("total", 0)
        self._known: dict[str, Any] = dict(told.get("known") or {})

    @property
    def known(self) -> Mapping[str, Any]:
        return dict(self._known)

    def keep(self, **data: Any) -> None:
        self._known |= data
        self._write()

    def progress(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        self._write()

    def _write(self) -> None:
        row = self._publication
        told = {"done": self._done, "total": self._total, "known": self._known, "claim": row.claims}
        Publication.objects.filter(pk=row.pk, claims=row.claims).update(upload=told)
        row.upload = told


def is_under_way(publication: Publication) -> bool:
    """Say whether the present claim is surely still uploading: the call that decides comes after the last byte."""
    told = publication.upload or {}
    return told.get("claim") == publication.claims and told.get("done", 0) < told.get("total", 0)
