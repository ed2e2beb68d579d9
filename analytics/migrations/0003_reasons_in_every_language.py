from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0002_imported_files"),
    ]

    operations = [
        migrations.RenameField(model_name="importedrow", old_name="said", new_name="problem"),
        migrations.AddField(
            model_name="importedfile",
            name="problem_in",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="importedrow",
            name="problem_in",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
