"""Pages outside a workspace: sign-in, password, profile, language, invitations."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from mediaops.views import sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("language/", set_language, name="set_language"),
]
