"""The one address to which platforms send people back after a sign-in."""

from django.urls import path

from platforms.views import connecting

urlpatterns = [path("connect/back/", connecting.back, name="connect-back")]
