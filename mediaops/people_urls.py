"""Pages outside a workspace: sign-in, password, language, invitations."""

from django.contrib.auth import views as auth
from django.urls import path
from django.views.i18n import set_language

from mediaops.views import invitations, profile, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("password/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("password/changed/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/forgotten/", auth.PasswordResetView.as_view(), name="password_reset"),
    path("password/forgotten/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("password/new/<uidb64>/<token>/", auth.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
    path("password/new/done/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("language/", set_language, name="set_language"),
    path("look/", profile.look, name="look"),
    path("join/<str:token>/", invitations.invitation, name="invitation"),
]
