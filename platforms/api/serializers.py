"""Accounts, posts and talks as REST clients see them. Credentials come in and never go out."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from mediaops.api.base import OwnRow, TeamSerializer
from mediaops.models import Membership, Right
from platforms import gateway
from platforms.abilities import abilities, abilities_of
from platforms.actions import callbacks
from platforms.actions.moderating import ACTS
from platforms.connectors.base import SignsIn
from platforms.connectors.spec import FormField, PlatformSpec
from platforms.models import (
    Account,
    AccountEvent,
    AutoReply,
    Contact,
    ContactTag,
    Conversation,
    Menu,
    Message,
    Post,
    Reply,
    SiteComment,
)
from platforms.models.account import Relation


def _text(value: object) -> str:
    return str(value or "")


class AccountSerializer(TeamSerializer):
    """One presence on one platform. `limits` are those of this very account; null means not told."""

    limits = serializers.SerializerMethodField()
    choices = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), read_only=True,
        help_text="Which choices of an option this account may take, where they are fewer than the platform's.",
    )  # fmt: skip
    can = serializers.SerializerMethodField(help_text="publish, messages, reply, figures")
    is_paused = serializers.BooleanField(read_only=True)
    callback_url = serializers.SerializerMethodField(
        help_text="What the platform shall call; null without the right to administer, or where it calls nobody."
    )
    is_by_hand = serializers.BooleanField(read_only=True, help_text="People publish here; see `can` for the rest.")
    problem = serializers.CharField(source="problem_text", read_only=True)

    class Meta:
        model = Account
        fields = [
            "id", "platform", "remote_id", "server", "name", "handle", "url", "avatar_url", "relation", "state",
            "problem", "failing_since", "failures", "checked_at", "synced_at", "is_paused", "paused_at", "made_at",
            "expires_at", "is_by_hand", "limits", "choices", "can", "callback_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_limits(self, row: Account) -> dict[str, Any]:
        return asdict(gateway.limits_of(row))

    def get_callback_url(self, row: Account) -> str | None:
        view = self.context.get("view")
        is_told = view is not None and view.may(Right.ADMIN) and callbacks.takes(row)
        return callbacks.address_of(row) if is_told else None

    def get_can(self, row: Account) -> list[str]:
        return [ability.key for ability in abilities_of(row) if ability.has]


class ConnectSerializer(serializers.Serializer):
    """What connects or adds an account.

    With `credentials` (the platform's setup fields, see `GET /platforms/`) the account is proven by a
    real call. With `by_hand` and `name` people serve it, on whatever platform. For a partner's or
    watched account give `relation` and `name` instead.
    """

    platform = serializers.CharField(max_length=20)
    credentials = serializers.DictField(child=serializers.CharField(max_length=8000), required=False, write_only=True)
    relation = serializers.ChoiceField(choices=Relation.choices, default=Relation.OWN)
    by_hand = serializers.BooleanField(default=False)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    handle = serializers.CharField(max_length=200, required=False, allow_blank=True)
    url = serializers.URLField(max_length=500, required=False, allow_blank=True)


class CheckingSerializer(serializers.Serializer):
    count = serializers.IntegerField(help_text="How many accounts are being checked.")


class SignInSerializer(serializers.Serializer):
    """Where to begin a sign-in on the platform's own page: setup fields, and the account to connect again."""

    platform = serializers.CharField(max_length=20)
    credentials = serializers.DictField(child=serializers.CharField(max_length=8000), required=False, write_only=True)
    account = OwnRow(
        queryset=Account.objects.all(), required=False, allow_null=True,
        help_text="The account to connect again; fields left out are taken from what is stored.",
    )  # fmt: skip


class SignInBegunSerializer(serializers.Serializer):
    """Open `url` in a browser in which the token's member is signed in; the sign-in ends on a page of ours."""

    url = serializers.URLField()
    state = serializers.CharField()


class RenameSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)


class ReconnectSerializer(serializers.Serializer):
    credentials = serializers.DictField(child=serializers.CharField(max_length=8000), write_only=True)


def field_data(field: FormField) -> dict[str, Any]:
    """Return one setup or option field as JSON can hold it."""
    return {
        "name": field.name,
        "label": _text(field.label),
        "kind": field.kind,
        "help": _text(field.help),
        "required": field.required,
        "choices": [{"value": value, "label": _text(label)} for value, label in field.choices],
        "default": field.default,
        "advanced": field.advanced,
    }


class FormFieldSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=["text", "url", "secret", "choice", "flag", "textarea"])
    help = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = serializers.ListField(child=serializers.DictField())
    default = serializers.CharField()
    advanced = serializers.BooleanField()


class PlatformSerializer(serializers.Serializer):
    """One platform: how to connect it, what it allows, what it can tell."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    assisted = serializers.BooleanField(help_text="No interface: a person posts and pastes the link.")
    body_format = serializers.ChoiceField(choices=["article", "note"])
    can = serializers.ListField(child=serializers.CharField())
    metrics = serializers.ListField(child=serializers.CharField())
    comment_acts = serializers.ListField(child=serializers.CharField())
    limits = serializers.DictField()
    setup_fields = FormFieldSerializer(many=True)
    setup_help = serializers.CharField()
    signs_in = serializers.BooleanField(help_text="Connected on the platform's own page: `POST /accounts/sign-in/`.")
    option_fields = FormFieldSerializer(many=True)


def platform_data(spec: PlatformSpec) -> dict[str, Any]:
    """Return the facts of a platform for `PlatformSerializer`."""
    return {
        "key": spec.key,
        "label": _text(spec.label),
        "assisted": spec.assisted,
        "body_format": spec.body_format,
        "can": [ability.key for ability in abilities(spec.key) if ability.has],
        "metrics": list(spec.metrics),
        "comment_acts": list(spec.comment_acts),
        "limits": asdict(spec.limits),
        "setup_fields": [field_data(field) for field in spec.setup_fields],
        "setup_help": _text(spec.setup_help),
        "signs_in": issubclass(gateway.connector_class(spec.key), SignsIn),
        "option_fields": [field_data(field) for field in spec.option_fields],
    }


class PostSerializer(TeamSerializer):
    """One post as it exists on its platform, whoever made it."""

    class Meta:
        model = Post
        fields = [
            "id", "account", "remote_id", "url", "title", "text", "kind", "part_of", "published_at", "first_seen",
            "seen_at", "removed_at", "removed_why",
        ]  # fmt: skip
        read_only_fields = fields


class MessageSerializer(TeamSerializer):
    """One thing said in a talk, by them or by us. `marks`: elected, hidden, top, auto (an automatic answer)."""

    marks = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Message
        fields = [
            "id", "conversation", "remote_id", "text", "at", "is_own", "author_name", "author_handle", "author_url",
            "url", "reply_to", "marks",
        ]  # fmt: skip
        read_only_fields = fields


class ReplySerializer(TeamSerializer):
    """One answer of ours: waiting, sending, sent, failed, unsure (never repeated by itself) or dropped."""

    by: Any = serializers.PrimaryKeyRelatedField(read_only=True)
    problem = serializers.CharField(source="problem_text", read_only=True)

    class Meta:
        model = Reply
        fields = [
            "id", "conversation", "to", "text", "by", "state", "problem", "made_at", "sent_at", "message",
        ]  # fmt: skip
        read_only_fields = fields


class ConversationSerializer(TeamSerializer):
    """One talk. `waits_since` is null when the last word is ours.

    `reply_until` and `replies_left` say how long and how often the platform still takes answers; null
    where it sets no limit.
    """

    class Meta:
        model = Conversation
        fields = [
            "id", "account", "post", "kind", "who_name", "avatar_url", "state", "assigned_to", "last_text", "last_at",
            "waits_since", "answered_at", "reply_until", "replies_left", "made_at",
        ]  # fmt: skip
        read_only_fields = fields


class AnswerSerializer(serializers.Serializer):
    """An answer to send. `to` is a message of the talk; without it the last one that is not ours."""

    text = serializers.CharField(max_length=10_000)
    to = OwnRow(queryset=Message.objects.all(), required=False, allow_null=True)


class AssignSerializer(serializers.Serializer):
    """The member to give the talk to, null for nobody."""

    member = OwnRow(queryset=Membership.objects.all(), allow_null=True)


class SiteCommentSerializer(serializers.ModelSerializer):
    """A comment under an article of the team's own site. `root` is the comment that it answers."""

    article_title = serializers.CharField(source="article.title", read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = SiteComment
        fields = [
            "id", "article", "article_title", "url", "root", "name", "text", "is_team", "state", "made_at",
            "changed_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_url(self, row: SiteComment) -> str:
        return f"{row.article.full_url}#comment-{row.pk}"


class ModerateSerializer(serializers.Serializer):
    """What to do to a comment. What a platform offers is in `comment_acts` of `GET /platforms/`."""

    act = serializers.ChoiceField(choices=[(act, act) for act in ACTS])


class CommentsSerializer(serializers.Serializer):
    """Whether readers may comment on the post."""

    open = serializers.BooleanField()


class ContactTagSerializer(TeamSerializer):
    """One label of an account's contacts, kept by its platform."""

    class Meta:
        model = ContactTag
        fields = ["id", "account", "name"]


class TagNameSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=30)


class ContactSerializer(TeamSerializer):
    """One person who follows, or followed, an account. Platforms that tell no name leave it empty."""

    tags: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Contact
        fields = ["id", "account", "remote_id", "name", "remark", "avatar_url", "followed_at", "left_at", "tags"]
        read_only_fields = fields


class RemarkSerializer(serializers.Serializer):
    remark = serializers.CharField(max_length=30, allow_blank=True)


class LabelSerializer(serializers.Serializer):
    """A label to put on, or to take off, contacts of its account."""

    tag = OwnRow(queryset=ContactTag.objects.select_related("account__workspace"))
    contacts = serializers.ListField(child=OwnRow(queryset=Contact.objects.select_related("account")), max_length=200)


class LabelledSerializer(serializers.Serializer):
    changed = serializers.IntegerField()


class AutoReplySerializer(TeamSerializer):
    """One automatic answer; `words` holds one keyword or pattern per line. The first that fits is given."""

    account = OwnRow(queryset=Account.objects.own())

    class Meta:
        model = AutoReply
        fields = ["id", "account", "trigger", "match", "words", "text", "is_on", "yields_to_people", "order"]
        read_only_fields = ["order"]


class StepsSerializer(serializers.Serializer):
    """How far to move in the list: negative is earlier."""

    steps = serializers.IntegerField(min_value=-100, max_value=100)


class MenuSerializer(TeamSerializer):
    """An account's menu: the draft, and what the platform showed when it was last asked.

    An entry is `{"name", "type", …}` with the type's fields, or `{"name", "below": [entries]}`.
    """

    entries = serializers.ListField(child=serializers.DictField())
    live = serializers.ListField(child=serializers.DictField(), read_only=True, allow_null=True)

    class Meta:
        model = Menu
        fields = ["entries", "live", "live_at", "changed_at"]
        read_only_fields = ["live", "live_at", "changed_at"]


class AccountEventSerializer(TeamSerializer):
    """Something that happened to an account and is no message: follow, unfollow, menu, scan, revoked, other."""

    class Meta:
        model = AccountEvent
        fields = ["id", "account", "kind", "at", "who_id", "name"]
        read_only_fields = fields
