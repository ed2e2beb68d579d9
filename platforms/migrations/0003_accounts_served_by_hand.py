from django.db import migrations

BY_HAND = ["wechat", "weibo", "douyin", "xiaohongshu", "wechat_channels"]
"""Platforms that until now could only be served by hand."""


def mark(apps, schema_editor):
    accounts = apps.get_model("platforms", "Account").objects
    accounts.filter(platform__in=BY_HAND, relation="own", rights=None).update(rights=[])


def unmark(apps, schema_editor):
    apps.get_model("platforms", "Account").objects.filter(platform__in=BY_HAND, rights=[]).update(rights=None)


class Migration(migrations.Migration):
    dependencies = [("platforms", "0002_rights_and_data")]

    operations = [migrations.RunPython(mark, unmark)]
