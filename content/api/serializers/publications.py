"""Publications, and the one call that writes, approves and plans."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.models import Campaign
from content.api.fields import PageUrl, Tags, pictures
from content.api.serializers.items import RUNNING, ItemSerializer, VariantSerializer
from content.api.serializers.problems import AccountProblemSerializer, ProblemSerializer
from content.checks import check_variant
from content.forms.items import BODY_MAX
from content.models import Attempt, Pillar, Publication, Variant
from content.models.publication import State
from mediaops.api.base import OwnRow, TeamSerializer
from mediaops.api.fields import KeptRow, Moment
from platforms.models import Account

WHEN = "ISO 8601 with zone (2027-01-31T09:00:00+08:00), or null for now."
OPEN_STATES = {State.PLANNED, State.FAILED, State.BY_HAND}


class PublicationSerializer(TeamSerializer):
    """One piece on one account at one moment. `post` is the real post once it is live.

    `shown_state` is the state as people see it: beside those of `state`, `late` (missed its time and
    waits for a person) and `held` (a pause holds it back).
    """

    item = serializers.IntegerField(source="variant.item_id", read_only=True)
    account = serializers.IntegerField(source="variant.account_id", read_only=True)
    title = serializers.SerializerMethodField()
    shown_state = serializers.CharField(read_only=True)
    problem = serializers.CharField(source="problem_text", read_only=True)
    post_url = serializers.SerializerMethodField()
    step = serializers.SerializerMethodField(help_text="What the platform is waiting for while `processing`.")
    handed_over = serializers.JSONField(read_only=True, help_text="What lies there for a person to finish.")
    upload = serializers.SerializerMethodField(help_text="`{done, total}` in bytes, null where nothing is large.")
    page_url = PageUrl("content:publication")

    class Meta:
        model = Publication
        fields = [
            "id", "item", "variant", "account", "title", "due_at", "state", "shown_state", "problem", "way_out",
            "late_at", "settled_at", "post", "post_url", "step", "handed_over", "posted_at", "upload",
            "made_at", "made_by", "page_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_title(self, row: Publication) -> str:
        return row.variant.title or row.variant.item.title

    def get_step(self, row: Publication) -> str:
        return str((row.ticket or {}).get("step") or "")

    def get_upload(self, row: Publication) -> dict[str, int] | None:
        told = row.upload or {}
        return {"done": told["done"], "total": told["total"]} if told.get("total") else None

    def get_post_url(self, row: Publication) -> str:
        return row.post.url if row.post else ""


class AttemptSerializer(TeamSerializer):
    """One time we talked to the platform. `sent` is exactly what went out."""

    sent = serializers.DictField(child=serializers.JSONField(), read_only=True)
    problem = serializers.CharField(source="problem_text", read_only=True)

    class Meta:
        model = Attempt
        fields = ["number", "started_at", "ended_at", "outcome", "problem", "sent"]
        read_only_fields = fields


class PublicationDetailSerializer(PublicationSerializer):
    """One publication with each attempt, and what is wrong with it while it waits."""

    attempts = AttemptSerializer(many=True, read_only=True)
    problems = serializers.SerializerMethodField()

    class Meta(PublicationSerializer.Meta):
        fields = [*PublicationSerializer.Meta.fields, "attempts", "problems"]
        read_only_fields = fields

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, row: Publication) -> Any:
        if row.state not in OPEN_STATES:
            return []
        now = timezone.now()
        due_at = row.due_at if row.state == State.PLANNED and row.due_at > now else None
        found = check_variant(row.variant, due_at=due_at, now=now, publication=row)
        return ProblemSerializer(found, many=True).data


class PlanSerializer(serializers.Serializer):
    """Plan one variant; `due_at` null is now, and then everything has to be ready."""

    variant = OwnRow(queryset=Variant.objects.select_related("item__workspace", "account__workspace"))
    due_at = Moment(allow_null=True, help_text=WHEN)


class MomentSerializer(serializers.Serializer):
    due_at = Moment(help_text="ISO 8601 with zone: 2027-01-31T09:00:00+08:00.")


class NotLiveSerializer(serializers.Serializer):
    due_at = Moment(allow_null=True, default=None, help_text="When it shall go out; null or nothing for now.")


class ConfirmSerializer(serializers.Serializer):
    url = serializers.URLField(max_length=1000, help_text="The address of the post.")


class CannotSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300, help_text="What is in the way; the team reads it.")


class KitTextSerializer(serializers.Serializer):
    """A text to copy, cut to the platform's rules; `limit` null is none."""

    text = serializers.CharField()
    length = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True)
    is_cut = serializers.BooleanField()
    html = serializers.CharField(allow_blank=True)


class KitFileSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    mime = serializers.CharField()
    size_bytes = serializers.IntegerField()
    alt = serializers.CharField(allow_blank=True)


class KitSerializer(serializers.Serializer):
    """Everything a person needs to post by hand. `link` opens it on a phone without a sign-in, for 7 days."""

    title = KitTextSerializer(allow_null=True)
    text = KitTextSerializer()
    tags = serializers.ListField(child=serializers.CharField())
    files = KitFileSerializer(many=True, help_text="In this order; their bytes are at `/media/{id}/`.")
    check_list = serializers.ListField(child=serializers.CharField())
    app_url = serializers.CharField(allow_blank=True)
    back_office_url = serializers.CharField(allow_blank=True)
    link = serializers.URLField()


class PublishSerializer(serializers.Serializer):
    """A piece, its accounts and its moment. Pictures in `media` that the body does not show are put below it."""

    title = serializers.CharField(max_length=200, allow_blank=True)
    body = serializers.CharField(
        max_length=BODY_MAX, allow_blank=True, default="", trim_whitespace=False, help_text="Markdown."
    )
    summary = serializers.CharField(max_length=1000, allow_blank=True, default="")
    tags = Tags(required=False)
    media = pictures(many=True, required=False)
    cover = pictures(required=False, allow_null=True)
    accounts = OwnRow(queryset=Account.objects.select_related("workspace"), many=True, allow_empty=False)
    campaign = KeptRow(queryset=Campaign.objects.all(), among=RUNNING, required=False, allow_null=True)
    pillar = KeptRow(queryset=Pillar.objects.all(), among=Q(closed_at=None), required=False, allow_null=True)
    scheduled_at = Moment(allow_null=True, help_text=WHEN)
    approve = serializers.BooleanField(
        default=False, help_text="Approve it, where role and token may; where not, it is sent to review."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs["title"].strip() or attrs["body"].strip()):
            raise serializers.ValidationError({"title": [_("Write a title or some text.")]})
        attrs["accounts"] = list(dict.fromkeys(attrs["accounts"]))
        return attrs


class PublishedSerializer(serializers.Serializer):
    """What was made. `problems` are what keeps it from going out as it stands, and advice."""

    item = ItemSerializer()
    variants = VariantSerializer(many=True)
    publications = PublicationSerializer(many=True)
    problems = AccountProblemSerializer(many=True)


class ValidateVariantSerializer(serializers.Serializer):
    """Try a variant that is there. Without `scheduled_at` nothing is asked about time."""

    variant = OwnRow(queryset=Variant.objects.select_related("item__workspace", "account__workspace"))
    scheduled_at = Moment(allow_null=True, required=False, help_text=WHEN)


class OutgoingImageSerializer(serializers.Serializer):
    name = serializers.CharField()
    mime = serializers.CharField()
    size_bytes = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    alt = serializers.CharField(allow_blank=True)


class OutgoingSerializer(serializers.Serializer):
    """Exactly what the platform would get."""

    title = serializers.CharField(allow_blank=True)
    summary = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    html = serializers.CharField(allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField())
    images = OutgoingImageSerializer(many=True)
    cover = OutgoingImageSerializer(allow_null=True)
    language = serializers.CharField(allow_blank=True)
    options = serializers.DictField(child=serializers.JSONField())


class TriedAccountSerializer(serializers.Serializer):
    """One account of a dry run."""

    account = serializers.IntegerField()
    accepted = serializers.BooleanField(help_text="It would be planned.")
    ready = serializers.BooleanField(help_text="Nothing would stop it from going out.")
    problems = ProblemSerializer(many=True)
    outgoing = OutgoingSerializer()


class TriedSerializer(serializers.Serializer):
    """What a dry run found. Nothing is saved."""

    accepted = serializers.BooleanField(help_text="The same call to /publish/ would answer 201.")
    ready = serializers.BooleanField(help_text="Nothing would stop any of it from going out.")
    accounts = TriedAccountSerializer(many=True)


def every(accounts: Iterable[dict[str, Any]], name: str) -> bool:
    return all(row[name] for row in accounts)


class FilledSerializer(serializers.Serializer):
    planned = serializers.ListField(child=serializers.IntegerField(), help_text="The new publications.")
