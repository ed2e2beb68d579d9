"""Team pages of the ground: today, members, settings of the workspace, notices, trail."""

from django.urls import path

from mediaops.views import chat, home, notices, profile, team

app_name = "team"
urlpatterns = [
    path("", home.today, name="today"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<int:pk>/", notices.open_notice, name="notice"),
    path("activity/", notices.activity, name="activity"),
    path("profile/", profile.profile, name="profile"),
    path("profile/tokens/", profile.make_token, name="token-make"),
    path("profile/tokens/<int:pk>/revoke/", profile.revoke_token, name="token-revoke"),
    path("members/", team.members, name="members"),
    path("members/invite/", team.invite, name="invite"),
    path("members/invitations/<int:pk>/withdraw/", team.withdraw_invitation, name="invitation-withdraw"),
    path("members/<int:pk>/role/", team.change_role, name="member-role"),
    path("members/<int:pk>/remove/", team.remove_member, name="member-remove"),
    path("chats/", chat.robots, name="chats"),
    path("chats/new/", chat.robot_new, name="chat-new"),
    path("chats/<int:pk>/", chat.robot, name="chat"),
    path("chats/<int:pk>/try/", chat.robot_try, name="chat-try"),
    path("chats/<int:pk>/drop/", chat.robot_drop, name="chat-drop"),
    path("workspace/", team.workspace, name="workspace"),
    path("workspace/new/", team.new_workspace, name="workspace-new"),
]
