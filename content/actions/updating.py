"""Changing a post that is live to what its piece says now."""

import logging
from datetime import datetime

from content.actions import settling
from content.actions.scheduling import CannotPlan
from content.checks import check_variant, stopping
from content.compose import compose
from content.models import Publication
from content.models.publication import State
from mediaops.errors import WrongState
from mediaops.lib.said import said as _
from mediaops.models import Membership
from platforms.actions import posting

log = logging.getLogger(__name__)


class CannotUpdate(CannotPlan):
    """The piece may not go out as it is; `problems` says why, in the order of reading."""

    code = "cannot_update"


def can_update(publication: Publication) -> bool:
    """Say whether what went out can be changed from here."""
    return publication.state == State.LIVE and publication.post is not None and posting.can_update(publication.post)


def update(publication: Publication, *, by: Membership | None, now: datetime) -> Publication:
    """Replace what is live by what the piece says now; the same checks hold as for sending it.

    Raises CannotUpdate when the text was not approved as it stands or the platform would refuse it,
    WrongState when it is not live or publishing is paused, `posting.NotDone` when the platform did not do it.
    """
    account = publication.variant.account
    if publication.state != State.LIVE or publication.post is None:
        raise WrongState(_("%(row)s is not live, so there is nothing to change there.") % {"row": publication})
    if account.paused_at or account.workspace.paused_at:
        raise WrongState(_("Publishing is paused. Lift the pause, then change the post."))
    if found := stopping(check_variant(publication.variant, now=now)):
        raise CannotUpdate(found)
    post = publication.post
    post.account = account
    outgoing = compose(publication.variant, key=publication.key)
    posting.update(post, outgoing, now)
    settling.note(publication, "publication.updated", by=by, **_as_noted(outgoing.title, outgoing.text))
    log.info("publication %s: changed on its platform", publication.pk)
    return publication


def _as_noted(title: str, text: str) -> dict[str, str]:
    """Return what the trail keeps of the new words."""
    return {"title": title, "text": text[:5000]}
