"""What is wrong with sending something, reason by reason."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from platforms.limits import Problem


class FixSerializer(serializers.Serializer):
    """A way out that one call takes: `POST /variants/{id}/mend/` with its `key`."""

    key = serializers.CharField()
    label = serializers.CharField(help_text="For a button.")
    value = serializers.CharField(allow_blank=True, help_text="What it leads to: a limit, a ratio, other words.")


@extend_schema_serializer(component_name="PieceProblem")  # “Problem” is the shape of errors (RFC 9457)
class ProblemSerializer(serializers.Serializer):
    """One thing that is wrong. `stop` keeps it from being sent, `warn` is advice."""

    code = serializers.CharField(help_text="For programs: not_approved, text_long, past, account_expired, …")
    text = serializers.CharField(help_text="A sentence for people.")
    field = serializers.CharField(
        help_text="title, summary, body, images, video, tags, options, time, account or review."
    )
    level = serializers.ChoiceField(choices=["stop", "warn"])
    value = serializers.IntegerField(allow_null=True)
    limit = serializers.IntegerField(allow_null=True)
    target = serializers.CharField(allow_blank=True, help_text="The picture or option that is meant.")
    start = serializers.IntegerField(
        allow_null=True, help_text="Where the words stand first, in code points of the field as it was written."
    )
    end = serializers.IntegerField(allow_null=True)
    excerpt = serializers.CharField(allow_blank=True, help_text="The words that are meant.")
    category = serializers.CharField(allow_blank=True, help_text="The kind of wording that is meant, for people.")
    places = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Every [start, end] where the words stand.",
    )
    fixes = FixSerializer(many=True)


@extend_schema_serializer(component_name="AccountProblem")
class AccountProblemSerializer(ProblemSerializer):
    """One thing that is wrong on one account."""

    account = serializers.IntegerField()


def of_account(account_id: int, problem: Problem) -> dict[str, Any]:
    """Return a problem with its account, for `AccountProblemSerializer`."""
    return {**vars(problem), "account": account_id}
