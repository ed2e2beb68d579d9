"""Campaigns, money, tasks, partners and links as REST clients see them."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from campaigns.api.amounts import GuardsAmounts, HidesAmounts, amount
from campaigns.forms import CURRENCIES
from campaigns.models import (
    BudgetLine,
    Campaign,
    Collaboration,
    Deliverable,
    Expense,
    LinkDay,
    Partner,
    PartnerAccount,
    Phase,
    Task,
    TrackedLink,
)
from campaigns.models.campaign import State
from campaigns.models.collaboration import Stage
from campaigns.models.partner import PartnerKind
from campaigns.models.task import TaskState
from mediaops.api.base import OwnRow, TeamSerializer
from mediaops.api.fields import active_member
from platforms.models import Account, Post

NOT_OURS = ~Q(relation="own")


def currency(**kwargs: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=CURRENCIES, **kwargs)


def campaign(**kwargs: Any) -> OwnRow:
    return OwnRow(queryset=Campaign.objects.all(), required=False, allow_null=True, **kwargs)


class CampaignSerializer(TeamSerializer):
    """Why, from when to when, who leads it. Days are both included."""

    class Meta:
        model = Campaign
        fields = ["id", "name", "brief", "goal", "starts_on", "ends_on", "owner", "state", "currency", "made_at"]
        read_only_fields = fields


class CampaignWriteSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    brief = serializers.CharField(max_length=50_000, allow_blank=True, required=False)
    goal = serializers.CharField(max_length=300, allow_blank=True, required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    owner = active_member(required=False)
    currency = currency(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first = attrs.get("starts_on") or getattr(self.instance, "starts_on", None)
        last = attrs.get("ends_on") or getattr(self.instance, "ends_on", None)
        if first and last and last < first:
            raise serializers.ValidationError(
                {"ends_on": [_("The last day is before the first. Choose a later one.")]}
            )
        return attrs


class CampaignMoveSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=State.choices)


class PhaseSerializer(TeamSerializer):
    """A stretch of a campaign's days with a name. Days are both included."""

    class Meta:
        model = Phase
        fields = ["id", "name", "starts_on", "ends_on"]
        read_only_fields = fields


class PhaseWriteSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class BudgetLineSerializer(TeamSerializer):
    """One purpose of a campaign's money."""

    spent = amount(read_only=True)
    left = amount(read_only=True)

    class Meta:
        model = BudgetLine
        fields = ["id", "name", "planned_amount", "spent", "left"]
        read_only_fields = fields


class BudgetSerializer(serializers.Serializer):
    """A campaign's money, in its currency. Amounts are exact decimals in strings."""

    currency = serializers.CharField()
    planned = amount()
    spent = amount()
    left = amount()
    lines = BudgetLineSerializer(many=True)


class BudgetLineWriteSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    planned_amount = amount(min_value=0)


class ExpenseSerializer(TeamSerializer):
    """Money spent on a line; a refund is negative."""

    class Meta:
        model = Expense
        fields = ["id", "line", "amount", "day", "note", "made_at", "made_by"]
        read_only_fields = fields


class ExpenseWriteSerializer(serializers.Serializer):
    line = OwnRow(queryset=BudgetLine.objects.all())
    amount = amount()
    day = serializers.DateField()
    note = serializers.CharField(max_length=200, allow_blank=True, required=False)


class TaskSerializer(TeamSerializer):
    """One thing a person has to do."""

    class Meta:
        model = Task
        fields = [
            "id", "title", "note", "campaign", "assignee", "due_on", "state", "made_at", "made_by", "done_at",
        ]  # fmt: skip
        read_only_fields = fields


class TaskWriteSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    note = serializers.CharField(max_length=20_000, allow_blank=True, required=False)
    campaign = campaign()
    assignee = active_member(required=False)
    due_on = serializers.DateField(required=False, allow_null=True)


class TaskMoveSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=TaskState.choices)


class ChannelSerializer(HidesAmounts, TeamSerializer):
    """One channel of a partner with its reach and price per piece. Amounts are null without the right to them."""

    amounts = ("price_amount",)
    url = serializers.CharField(read_only=True)

    class Meta:
        model = PartnerAccount
        fields = ["id", "account", "name", "url", "followers", "price_amount", "currency"]
        read_only_fields = fields


class ChannelWriteSerializer(GuardsAmounts):
    """`account` is a partner's or watched account whose posts and figures the software can read."""

    amounts = ("price_amount",)
    name = serializers.CharField(max_length=120)
    url = serializers.URLField(max_length=500, allow_blank=True, required=False)
    followers = serializers.IntegerField(min_value=0, max_value=10**12, required=False, allow_null=True)
    price_amount = amount(min_value=0, required=False, allow_null=True)
    currency = currency(required=False)
    account = OwnRow(queryset=Account.objects.filter(NOT_OURS), required=False, allow_null=True)


class PartnerSerializer(TeamSerializer):
    """A KOL, a medium or a brand that the team works with."""

    channels = ChannelSerializer(many=True, read_only=True)

    class Meta:
        model = Partner
        fields = ["id", "name", "kind", "contact", "note", "channels", "made_at", "closed_at"]
        read_only_fields = fields


class PartnerWriteSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=PartnerKind.choices, required=False)
    contact = serializers.CharField(max_length=200, allow_blank=True, required=False)
    note = serializers.CharField(max_length=20_000, allow_blank=True, required=False)


class CollaborationSerializer(HidesAmounts, TeamSerializer):
    """One agreement with a partner. Amounts are null without the right to them."""

    amounts = ("cost_amount",)

    class Meta:
        model = Collaboration
        fields = ["id", "partner", "campaign", "title", "cost_amount", "currency", "state", "owner", "made_at"]
        read_only_fields = fields


class CollaborationChangeSerializer(GuardsAmounts):
    amounts = ("cost_amount", "currency")
    title = serializers.CharField(max_length=200)
    campaign = campaign()
    cost_amount = amount(min_value=0, required=False, allow_null=True)
    currency = currency(required=False)
    owner = active_member(required=False)


class CollaborationWriteSerializer(CollaborationChangeSerializer):
    partner = OwnRow(queryset=Partner.objects.select_related("workspace"))


class CollaborationMoveSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=Stage.choices)


class DeliverableSerializer(HidesAmounts, TeamSerializer):
    """One piece a partner owes us; `post` is the real post once it is out."""

    amounts = ("cost_amount",)

    class Meta:
        model = Deliverable
        fields = ["id", "collaboration", "title", "due_on", "cost_amount", "post", "delivered_at"]
        read_only_fields = fields


class DeliverableWriteSerializer(GuardsAmounts):
    amounts = ("cost_amount",)
    collaboration = OwnRow(queryset=Collaboration.objects.select_related("partner__workspace"))
    title = serializers.CharField(max_length=200)
    due_on = serializers.DateField(required=False, allow_null=True)
    cost_amount = amount(min_value=0, required=False, allow_null=True)


class DeliverSerializer(serializers.Serializer):
    """The real post, by id; null takes it away again."""

    post = OwnRow(queryset=Post.objects.all(), allow_null=True)


class LinkSerializer(TeamSerializer):
    """A short address whose clicks are counted. Robots do not count."""

    address = serializers.SerializerMethodField(help_text="What to give out.")
    clicks = serializers.IntegerField(read_only=True)

    class Meta:
        model = TrackedLink
        fields = [
            "id", "code", "address", "name", "target", "campaign", "collaboration", "clicks", "made_at", "made_by",
            "closed_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_address(self, row: TrackedLink) -> str:
        return settings.SITE_URL + reverse("follow-link", args=[row.code])


class LinkDaySerializer(TeamSerializer):
    class Meta:
        model = LinkDay
        fields = ["day", "clicks"]
        read_only_fields = fields


class LinkDetailSerializer(LinkSerializer):
    """One link with its clicks by day."""

    days = LinkDaySerializer(many=True, read_only=True)

    class Meta(LinkSerializer.Meta):
        fields = [*LinkSerializer.Meta.fields, "days"]
        read_only_fields = fields


class LinkWriteSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    target = serializers.URLField(max_length=2000)
    campaign = campaign()
    collaboration = OwnRow(queryset=Collaboration.objects.all(), required=False, allow_null=True)

    def validate_target(self, target: str) -> str:
        if not target.lower().startswith(("http://", "https://")):
            raise serializers.ValidationError(_("Use an http or https address."))
        return target
