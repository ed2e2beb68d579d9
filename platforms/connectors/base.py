"""The promises a connector can make, each a protocol of its own.

Words are shared with the rest of the product as plain data: `spec` (facts of the platform), `account`, `outgoing`
(what is sent) and `remote` (what comes back). A connector gets an `AccountRef` (no model), its secret and an HTTP
client, and promises only the protocols whose methods its class defines. Ask with `isinstance(connector, Publishes)`
or, without an instance, `issubclass(cls, Publishes)`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from platforms.connectors.account import Profile, Secret, SecretKeeper, SignIn, TokenShelf
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import (
    AccountDayReading,
    AccountReading,
    Callback,
    CallbackRequest,
    ContactPage,
    Fate,
    HandOver,
    Occasion,
    PostRef,
    Reading,
    RemoteMessage,
    RemotePost,
    RemoteTag,
    Ticket,
    Understood,
)
from platforms.connectors.spec import CommentAct, MenuRules


@runtime_checkable
class Connects(Protocol):
    """Every connector: prove the credentials by a real call."""

    def profile(self) -> Profile: ...


@runtime_checkable
class Publishes(Protocol):
    def publish(self, post: OutgoingPost) -> RemotePost | Ticket | HandOver: ...


@runtime_checkable
class RepeatsSafely(Protocol):
    """Publishing again with the same key finds the first post instead of making a second."""

    def publish_again(self, post: OutgoingPost) -> RemotePost | Ticket | HandOver: ...


@runtime_checkable
class FindsByKey(Protocol):
    """Look whether a publication's key already stands on the platform; None if surely not."""

    def find(self, key: str) -> RemotePost | None: ...


@runtime_checkable
class ChecksTickets(Protocol):
    def check(self, ticket: Ticket) -> RemotePost | Ticket | HandOver: ...


@runtime_checkable
class Previews(Protocol):
    """Show a post on the platform to one person before it is published."""

    def preview(self, post: OutgoingPost, to: str) -> None:
        """Send it to the person whom the platform knows as `to`."""
        ...


@runtime_checkable
class Updates(Protocol):
    def update(self, remote_id: str, post: OutgoingPost) -> RemotePost: ...


@runtime_checkable
class Deletes(Protocol):
    def delete(self, remote_id: str) -> None: ...


@runtime_checkable
class FollowsPosts(Protocol):
    """Tell whether live posts still stand, and why not: a platform may take one down days later."""

    def fates(self, posts: Sequence[PostRef]) -> Iterator[Fate]: ...


@runtime_checkable
class ReadsPosts(Protocol):
    def recent_posts(self, since: datetime) -> Iterator[RemotePost]: ...


@runtime_checkable
class ReadsMessages(Protocol):
    def messages(self, since: datetime) -> Iterator[RemoteMessage]: ...


@runtime_checkable
class ReadsComments(Protocol):
    """The platform tells what stands under posts it is asked about, and has no list of everything."""

    def comments(self, posts: Sequence[PostRef]) -> Iterator[RemoteMessage]: ...


@runtime_checkable
class OpensComments(Protocol):
    """Let readers comment on a post, or not any more."""

    def set_comments_open(self, post: PostRef, is_open: bool) -> None: ...


@runtime_checkable
class Replies(Protocol):
    def reply(self, message_id: str, text: str) -> RemoteMessage: ...


@runtime_checkable
class Moderates(Protocol):
    """Do one of `spec.comment_acts` to a comment; doing it twice is fine."""

    def moderate(self, message_id: str, act: CommentAct) -> None: ...


@runtime_checkable
class ReadsMetrics(Protocol):
    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]: ...


@runtime_checkable
class ReadsAccountMetrics(Protocol):
    def account_reading(self) -> AccountReading: ...


@runtime_checkable
class ReadsAccountDays(Protocol):
    """The platform tells whole days once they are over, and those of the past."""

    def day_zone(self) -> str:
        """Return the zone that its days are days of."""
        ...

    def account_days(self, since: date, until: date) -> Iterator[AccountDayReading]:
        """Yield the days from `since` to `until`, both included; a day that is not told is left out."""
        ...


@runtime_checkable
class KeepsContacts(Protocol):
    """The account's followers and their labels; every change is fine to make twice."""

    def contacts(self, after: str) -> ContactPage: ...
    def contact_tags(self) -> Sequence[RemoteTag]: ...
    def make_tag(self, name: str) -> RemoteTag: ...
    def rename_tag(self, tag_id: str, name: str) -> None: ...
    def drop_tag(self, tag_id: str) -> None: ...
    def tag_contacts(self, tag_id: str, contact_ids: Sequence[str]) -> None: ...
    def untag_contacts(self, tag_id: str, contact_ids: Sequence[str]) -> None: ...
    def remark(self, contact_id: str, remark: str) -> None: ...


@runtime_checkable
class KeepsMenu(Protocol):
    """A menu below the account's private talks: entries are dicts of `name`, and `type` with its
    fields or `below` (entries without `below`)."""

    @staticmethod
    def menu_rules() -> MenuRules: ...
    def menu(self) -> list[dict[str, Any]]: ...
    def publish_menu(self, entries: Sequence[Mapping[str, Any]]) -> None: ...
    def remove_menu(self) -> None: ...


@runtime_checkable
class Learns(Protocol):
    """The connector finds out how the platform treats this account; `learned` is kept (`AccountRef.known`)."""

    def learned(self) -> Mapping[str, Any]: ...


@runtime_checkable
class RenewsSecret(Protocol):
    """The connector's sign-in changes while it works; the gateway seals `renewed` when it is set."""

    def renewed_secret(self) -> Secret | None: ...


@runtime_checkable
class RenewsAlone(Protocol):
    """A renewal kills the token before it, so workers take turns: the gateway gives the keeper."""

    def keep_with(self, keeper: SecretKeeper) -> None: ...


@runtime_checkable
class SharesTokens(Protocol):
    """The connector works with a short-lived token that all workers should share: the gateway gives the shelf."""

    def use(self, shelf: TokenShelf) -> None: ...


@runtime_checkable
class SignsIn(Protocol):
    """Connecting goes through the platform's own page. The connector is built from the setup fields."""

    def begin_sign_in(self, redirect_uri: str, state: str) -> SignIn: ...

    def finish_sign_in(self, redirect_uri: str, kept: Mapping[str, str], answer: Mapping[str, str]) -> Secret:
        """Return the whole secret for what the platform sent back with the person (`answer`)."""
        ...


@runtime_checkable
class TakesCallbacks(Protocol):
    """The platform calls us. Reading is fast and touches nothing; understanding may take its time."""

    def read_callback(self, request: CallbackRequest) -> Callback:
        """Return what a genuine request holds; raise NotGenuine for any other."""
        ...

    def understand(self, callback: Callback) -> Understood: ...


@runtime_checkable
class AnswersCallbacks(Protocol):
    """A callback can be answered with words, there and then. Both are fast and touch nothing."""

    def occasion(self, callback: Callback) -> Occasion | None: ...
    def passive(self, callback: Callback, text: str) -> Callback: ...
