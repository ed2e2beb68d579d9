"""How the ground's rows look over REST."""

from rest_framework import serializers

from mediaops.forms import ZONE_CHOICES
from mediaops.models import Activity, Invitation, Membership, Notice, Role, Workspace


class MemberSerializer(serializers.ModelSerializer[Membership]):
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    is_active = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = ["id", "name", "email", "role", "is_active", "joined_at", "left_at"]

    def get_is_active(self, member: Membership) -> bool:
        return member.left_at is None and member.user.is_active


class RoleSerializer(serializers.Serializer[dict[str, str]]):
    role = serializers.ChoiceField(choices=Role.choices)


class InviteSerializer(RoleSerializer):
    email = serializers.EmailField(max_length=254)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "made_by", "made_at", "expires_at", "accepted_at", "withdrawn_at"]
        read_only_fields = fields


class InvitedSerializer(InvitationSerializer):
    """An invitation just made, with its link."""

    link = serializers.CharField(allow_null=True, help_text="Told once; null when the request is repeated.")
    mailed = serializers.BooleanField(help_text="Whether the mail server took the e-mail; if not, pass on the link.")

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link", "mailed"]
        read_only_fields = fields


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    class Meta:
        model = Notice
        fields = ["id", "at", "kind", "level", "text", "way_out", "url", "read_at"]
        read_only_fields = fields


class ReadSerializer(serializers.Serializer[dict[str, int]]):
    count = serializers.IntegerField(help_text="How many were unread.")


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


class WorkspaceChangeSerializer(serializers.ModelSerializer[Workspace]):
    time_zone = serializers.ChoiceField(choices=ZONE_CHOICES)

    class Meta:
        model = Workspace
        fields = [
            "name", "language", "time_zone", "late_grace_min", "hand_reminder_min", "hand_escalation_min",
        ]  # fmt: skip


class MeSerializer(serializers.Serializer[dict[str, object]]):
    """Who a token acts for, and what it may do."""

    member = MemberSerializer()
    workspace = WorkspaceSerializer()
    token = serializers.CharField(help_text="The token's name.")
    scopes = serializers.ListField(child=serializers.CharField(), help_text="What role and token both allow.")
