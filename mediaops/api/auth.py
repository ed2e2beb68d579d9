"""The sign-in of REST clients: `Authorization: Bearer <token>`."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from mediaops.actions import tokens
from mediaops.errors import NotAllowed
from mediaops.models import ApiToken, Right, User


@dataclass(frozen=True)
class TokenRights:
    """What a token may do beside what its member's role allows; the API's `request.auth`."""

    token: ApiToken

    def demand(self, right: Right) -> None:
        """Raise NotAllowed when the token's scopes do not include `right`."""
        if right not in self.token.scopes:
            raise NotAllowed(_("This token was not given the scope “%(scope)s”.") % {"scope": str(right)})


class TokenAuthentication(BaseAuthentication):
    """Find the member behind a token; `request.member` carries the token's name for the trail."""

    def authenticate(self, request: Any) -> tuple[User, TokenRights] | None:
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        if len(parts) != 2 or parts[0].lower() != b"bearer":
            raise AuthenticationFailed(_("Send the token as “Authorization: Bearer …”."), code="bad_authorization")
        now = timezone.now()
        token = tokens.find_token(parts[1].decode("latin-1"), now)
        if token is None:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."), code="bad_token")
        tokens.note_use(token, address=request.META.get("REMOTE_ADDR") or None, now=now)
        self._enter(request, token)
        return token.member.user, TokenRights(token)

    def _enter(self, request: Any, token: ApiToken) -> None:
        member = token.member
        member.token_name = token.name  # type: ignore[attr-defined]
        for each in (request, request._request):
            each.member, each.workspace = member, member.workspace
        if not request.headers.get("Accept-Language"):
            translation.activate(member.user.language or member.workspace.language)

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="mediaops"'
