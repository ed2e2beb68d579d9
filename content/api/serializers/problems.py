"""What is wrong with sending something, reason by reason."""

from typing import Any

from rest_framework import serializers

from platforms.limits import Problem


class ProblemSerializer(serializers.Serializer):
    """One thing that is wrong. `stop` keeps it from being sent, `warn` is advice."""

    code = serializers.CharField(help_text="For programs: not_approved, text_long, past, account_expired, …")
    text = serializers.CharField(help_text="A sentence for people.")
    field = serializers.CharField(help_text="title, summary, body, images, tags, options, time, account or review.")
    level = serializers.ChoiceField(choices=["stop", "warn"])
    value = serializers.IntegerField(allow_null=True)
    limit = serializers.IntegerField(allow_null=True)
    target = serializers.CharField(allow_blank=True, help_text="The picture or option that is meant.")


class AccountProblemSerializer(ProblemSerializer):
    """One thing that is wrong on one account."""

    account = serializers.IntegerField()


def of_account(account_id: int, problem: Problem) -> dict[str, Any]:
    """Return a problem with its account, for `AccountProblemSerializer`."""
    return {**vars(problem), "account": account_id}
