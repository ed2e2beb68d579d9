"""How the ground's rows look over REST."""

from rest_framework import serializers

from mediaops.models import Activity, Membership, Workspace


class MemberSerializer(serializers.ModelSerializer[Membership]):
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    is_active = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = ["id", "name", "email", "role", "is_active", "joined_at", "left_at"]

    def get_is_active(self, member: Membership) -> bool:
        return member.left_at is None and member.user.is_active


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    class Meta:
        model = Activity
        fields = [
            "id", "at", "verb", "member", "member_name", "by_token",
            "subject_type", "subject_id", "subject_label", "detail",
        ]  # fmt: skip


class WorkspaceSerializer(serializers.ModelSerializer[Workspace]):
    class Meta:
        model = Workspace
        fields = [
            "id", "name", "slug", "language", "time_zone", "late_grace_min", "hand_reminder_min",
            "hand_escalation_min", "paused_at",
        ]  # fmt: skip


class MeSerializer(serializers.Serializer[dict[str, object]]):
    """Who a token acts for, and what it may do."""

    member = MemberSerializer()
    workspace = WorkspaceSerializer()
    token = serializers.CharField(help_text="The token's name.")
    scopes = serializers.ListField(child=serializers.CharField(), help_text="What role and token both allow.")
