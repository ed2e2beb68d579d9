"""Showing a piece on its platform to one person before anybody else sees it."""

from datetime import datetime

from django.utils.translation import gettext as _

from content.checks import check_account, check_text, stopping
from content.compose import compose
from content.models import Variant
from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.models import Membership
from platforms import gateway
from platforms.actions import posting
from platforms.connectors.base import Previews
from platforms.connectors.errors import ConnectorError


def may_preview(variant: Variant) -> bool:
    """Say whether the account's platform shows a piece to one person."""
    return gateway.can(variant.account, Previews)


def send_preview(variant: Variant, to: str, *, by: Membership, now: datetime) -> Variant:
    """Send the piece as it stands, approved or not, to the person whom the platform knows as `to`.

    Raises UserError when the platform would refuse the piece, shows nothing to single people, or
    does not know the person. No transaction may be open.
    """
    if not may_preview(variant):
        words = {"platform": variant.account.label}
        raise UserError(_("%(platform)s does not show a piece to a single person.") % words)
    found = stopping([*check_text(variant), *check_account(variant.account)])
    if found:
        raise UserError(found[0].text)
    try:
        posting.preview(variant.account, compose(variant, with_companions=True), to)
    except ConnectorError as error:
        raise UserError(
            _("%(problem)s Nothing was shown.") % {"problem": error}, fields={"to": [str(error)]}
        ) from None
    words = {"account": variant.account.name, "to": to}
    record(by=by, verb="variant.previewed", subject=variant.item, workspace=variant.item.workspace, **words)
    return variant
