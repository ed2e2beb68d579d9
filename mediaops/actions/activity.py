"""Writing the trail."""

from typing import Any

from django.db import models

from mediaops.models import Activity, Membership, Workspace


def record(
    *,
    by: Membership | None,
    verb: str,
    subject: models.Model,
    workspace: Workspace | None = None,
    **detail: Any,
) -> Activity:
    """Write one line of the trail. `by` is None when the machine did it.

    `verb` is `noun.past` (`item.approved`). The workspace is the member's, or given when there is none.
    """
    home = workspace or (by.workspace if by else None)
    if home is None:
        raise ValueError("The trail needs a workspace when nobody acts.")
    token = getattr(by, "token_name", "")  # set by the API's sign-in: the member acts through a client
    return Activity.objects.create(
        workspace=home,
        member=by,
        member_name=by.user.name if by else "",
        by_token=token,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:200],
        detail=detail,
    )
