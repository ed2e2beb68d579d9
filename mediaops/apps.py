from django.apps import AppConfig


class MediaopsConfig(AppConfig):
    name = "mediaops"
    verbose_name = "Team"
    default_auto_field = "django.db.models.BigAutoField"
