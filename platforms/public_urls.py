"""Addresses that platforms call; they stand outside the door of a workspace."""

from django.urls import path

from platforms.views import webhooks

app_name = "hooks"
urlpatterns = [path("hooks/<str:key>/", webhooks.hook, name="account")]
