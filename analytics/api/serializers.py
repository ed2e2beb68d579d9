"""Figures and reports as REST clients see them. Null is not told, 0 is zero."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from analytics.models import (
    COUNTERS,
    AccountDay,
    AccountFigures,
    PostDay,
    PostFigures,
    PostSnapshot,
    Report,
)
from campaigns.api.amounts import amount
from mediaops.api.base import TeamSerializer
from mediaops.models import Right


class AccountFiguresSerializer(TeamSerializer):
    """What a platform told last about an account; cumulative."""

    class Meta:
        model = AccountFigures
        fields = ["account", "followers", "following", "posts", "views", "taken_at"]
        read_only_fields = fields


class AccountDaySerializer(TeamSerializer):
    """One account on one day of the workspace's zone: what its posts gained, followers at the end of the day."""

    interactions = serializers.IntegerField(read_only=True, allow_null=True)
    engagement_rate = serializers.SerializerMethodField(help_text="Of posts that tell both; 0.048 is 4.8 %.")

    class Meta:
        model = AccountDay
        fields = ["account", "day", "followers", "posts", *COUNTERS, "interactions", "engagement_rate"]
        read_only_fields = fields

    def get_engagement_rate(self, row: AccountDay) -> float | None:
        if not row.rated_views or row.rated_interactions is None:
            return None
        return row.rated_interactions / row.rated_views


class PostFiguresSerializer(TeamSerializer):
    """What a platform told last about a post; cumulative."""

    account = serializers.IntegerField(source="post.account_id", read_only=True)
    title = serializers.CharField(source="post.title", read_only=True)
    url = serializers.CharField(source="post.url", read_only=True)
    published_at = serializers.DateTimeField(source="post.published_at", read_only=True)
    interactions = serializers.IntegerField(read_only=True, allow_null=True)
    engagement_rate = serializers.FloatField(read_only=True, allow_null=True, help_text="Interactions per view.")

    class Meta:
        model = PostFigures
        fields = [
            "post", "account", "title", "url", "published_at", *COUNTERS, "interactions", "engagement_rate",
            "taken_at",
        ]  # fmt: skip
        read_only_fields = fields


class PostDaySerializer(TeamSerializer):
    """What a post gained on one day of the workspace's zone. Gains can be negative."""

    interactions = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = PostDay
        fields = ["post", "account", "day", *COUNTERS, "interactions"]
        read_only_fields = fields


class SnapshotSerializer(TeamSerializer):
    """What a platform told about a post at one minute; cumulative. `extra` by its own names."""

    extra = serializers.DictField(child=serializers.JSONField(), read_only=True, allow_null=True)

    class Meta:
        model = PostSnapshot
        fields = ["taken_at", *COUNTERS, "extra"]
        read_only_fields = fields


class FigureSerializer(serializers.Serializer):
    """One headline figure. `change` is relative (0.12 is +12 %), of a rate the difference."""

    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=["count", "rate", "pair"])
    value = serializers.FloatField(source="change.now", allow_null=True)
    of = serializers.FloatField(allow_null=True, help_text="The second half of a pair: out of how many planned.")
    before = serializers.FloatField(source="change.before", allow_null=True)
    change = serializers.FloatField(source="change.amount", allow_null=True)


class OverviewAccountSerializer(serializers.Serializer):
    account = serializers.IntegerField(source="account.pk")
    followers = serializers.IntegerField(allow_null=True)
    gained = serializers.IntegerField(allow_null=True)
    views = serializers.IntegerField(allow_null=True)
    interactions = serializers.IntegerField(allow_null=True)
    posts = serializers.IntegerField()
    engagement_rate = serializers.FloatField(source="rate", allow_null=True)


class OverviewSerializer(serializers.Serializer):
    """A period beside the one of the same length before it: what the dashboard shows."""

    first = serializers.DateField(source="scope.period.first")
    last = serializers.DateField(source="scope.period.last")
    figures = FigureSerializer(many=True)
    accounts = OverviewAccountSerializer(many=True)
    unknown_views = serializers.SerializerMethodField(help_text="Accounts that posted but told no views.")

    def get_unknown_views(self, whole: Any) -> list[int]:
        return [account.pk for account in whole.unknown_views]


class PieceSerializer(serializers.Serializer):
    """A partner's piece beside its figures and cost. Amounts are null without the right to them."""

    deliverable = serializers.IntegerField(source="piece.pk")
    collaboration = serializers.IntegerField(source="deal.pk")
    post = serializers.IntegerField(source="piece.post_id")
    currency = serializers.CharField(source="deal.currency")
    cost = amount(allow_null=True)
    views = serializers.IntegerField(allow_null=True)
    interactions = serializers.IntegerField(allow_null=True)
    cpm = amount(allow_null=True, help_text="Cost per 1,000 views.")
    cpe = amount(allow_null=True, help_text="Cost per interaction.")

    def to_representation(self, row: Any) -> dict[str, Any]:
        told = super().to_representation(row)
        if not self.context["view"].may(Right.AMOUNTS):
            told.update(cost=None, cpm=None, cpe=None)
        return told


class ReportRowSerializer(TeamSerializer):
    """One week told once. `made_by` null: the clock made it."""

    page_url = serializers.SerializerMethodField(help_text="The report's page, for people.")

    class Meta:
        model = Report
        fields = ["id", "starts_on", "ends_on", "language", "made_at", "made_by", "page_url"]
        read_only_fields = fields

    def get_page_url(self, row: Report) -> str:
        return settings.SITE_URL + reverse("analytics:report", args=[self.context["view"].workspace.slug, row.pk])


class ReportSerializer(ReportRowSerializer):
    """One report in full: `numbers` are what the page says, `figures` what its charts draw."""

    numbers = serializers.SerializerMethodField(help_text="In the language asked for; `language` says which.")
    figures = serializers.DictField(child=serializers.JSONField(), read_only=True)

    class Meta(ReportRowSerializer.Meta):
        fields = [*ReportRowSerializer.Meta.fields, "numbers", "figures"]
        read_only_fields = fields

    def get_numbers(self, row: Report) -> dict[str, Any]:
        return {name: value for name, value in row.numbers.items() if name != "also"}


class WeekSerializer(serializers.Serializer):
    day = serializers.DateField(help_text="Any day of the week to report on.")


class SubscribeSerializer(serializers.Serializer):
    on = serializers.BooleanField(help_text="Every weekly report by e-mail, to the token's member.")


class SentSerializer(serializers.Serializer):
    people = serializers.IntegerField(help_text="To how many more it goes.")
