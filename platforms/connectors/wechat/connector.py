"""One Official Account: who it is, and what it may do as far as the platform says."""

from dataclasses import asdict

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef, AccountRight, Profile, Secret, TokenShelf
from platforms.connectors.errors import NotPermitted, Refused
from platforms.connectors.http import Http
from platforms.connectors.wechat.client import Wire
from platforms.connectors.wechat.people import People
from platforms.connectors.wechat.publishing import Publishing
from platforms.connectors.wechat.spec import DAILY, MONTHLY, SPEC


class OfficialAccount(Publishing, People):
    """One Official Account, called with the AppID and AppSecret of its developer settings."""

    spec = SPEC

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        http.name = self.spec.label
        http.hide(*(secret.get(name, "") for name in ("app_secret", "token", "aes_key")))
        self._account, self._secret = account, secret
        self._wire = Wire(
            http, app_id=secret.get("app_id", "").strip(), app_secret=secret.get("app_secret", "").strip()
        )

    def use(self, shelf: TokenShelf) -> None:
        """Take tokens from a shelf that all workers share."""
        self._wire.use(shelf)

    def profile(self) -> Profile:
        """Prove the credentials and ask, by calls that change nothing, what the account may do.

        The interface names no account to its owner, so its name is what the person typed.
        """
        self._wire.prove()
        name = self._secret.get("name", "").strip() or self._account.handle
        ways = self._ways()
        quota = MONTHLY if self._secret.get("kind") == "service" else DAILY
        rights: list[AccountRight] = [*self._rights(ways), *self.rights_found()]
        return Profile(
            remote_id=self._secret.get("app_id", "").strip(),
            name=name,
            handle=name,
            limits={"quotas": [asdict(quota)]} if "mass" in ways else {},
            can=tuple(CAN[way]() for way in ways),
            rights=tuple(dict.fromkeys(rights)),
            choices={} if len(ways) == len(CAN) else {"way": tuple(ways)},
        )

    def _ways(self) -> list[str]:
        """Return the ways out that this account has: none, draft, publish, mass."""
        if not self._may("GET", "cgi-bin/draft/count"):
            return []
        is_able = self._secret.get("kind") == "service" or is_certified(self._secret)
        asked = {"offset": 0, "count": 1, "no_content": 1}
        may_publish = is_able and self._may("POST", "cgi-bin/freepublish/batchget", asked)
        may_send = is_able and self._may("POST", "cgi-bin/message/mass/speed/get", {})
        return ["draft", *(["publish"] if may_publish else []), *(["mass"] if may_send else [])]

    def _rights(self, ways: list[str]) -> list[AccountRight]:
        rights: list[AccountRight] = ["publish"] if ways else []
        if "publish" in ways:
            rights += ["posts", "delete"]
        return [*rights, "repeat"] if "mass" in ways else rights

    def _may(self, method: str, path: str, body: dict[str, int] | None = None) -> bool:
        """Say whether the account may call this. Only a plain "unauthorized" is a no."""
        try:
            if method == "GET":
                self._wire.get(path)
            else:
                self._wire.post(path, body or {}, purpose="read")
        except NotPermitted:
            return False
        except Refused:
            return True
        return True


CAN = {
    "draft": lambda: _("Bring drafts"),
    "publish": lambda: _("Publish"),
    "mass": lambda: _("Send to all followers"),
}


def is_certified(secret: Secret) -> bool:
    """Say whether the person said that the account is certified."""
    return secret.get("certified", "").lower() in {"true", "1", "on", "yes"}
