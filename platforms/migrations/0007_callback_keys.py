import secrets

from django.db import migrations


def fill(apps, schema_editor):
    rows = apps.get_model("platforms", "Account").objects.filter(callback_key=None)
    for pk in rows.values_list("pk", flat=True).iterator():
        rows.filter(pk=pk).update(callback_key=secrets.token_urlsafe(24))


class Migration(migrations.Migration):
    dependencies = [("platforms", "0006_callbacks_contacts_and_menus")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
