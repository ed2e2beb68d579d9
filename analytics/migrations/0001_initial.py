"""The tables of the first release."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("mediaops", "0001_initial"),
        ("platforms", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountFigures",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="platforms.account",
                    ),
                ),
                ("followers", models.BigIntegerField(blank=True, null=True)),
                ("following", models.BigIntegerField(blank=True, null=True)),
                ("posts", models.BigIntegerField(blank=True, null=True)),
                ("views", models.BigIntegerField(blank=True, null=True)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="PostFigures",
            fields=[
                ("views", models.BigIntegerField(blank=True, null=True)),
                ("likes", models.BigIntegerField(blank=True, null=True)),
                ("comments", models.BigIntegerField(blank=True, null=True)),
                ("shares", models.BigIntegerField(blank=True, null=True)),
                ("saves", models.BigIntegerField(blank=True, null=True)),
                ("clicks", models.BigIntegerField(blank=True, null=True)),
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="platforms.post",
                    ),
                ),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="posts_to_read"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("language", models.CharField(max_length=10)),
                ("numbers", models.JSONField()),
                ("figures", models.JSONField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mediaops.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mediaops.membership"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="analytics.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mediaops.membership"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccountDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("views", models.BigIntegerField(blank=True, null=True)),
                ("likes", models.BigIntegerField(blank=True, null=True)),
                ("comments", models.BigIntegerField(blank=True, null=True)),
                ("shares", models.BigIntegerField(blank=True, null=True)),
                ("saves", models.BigIntegerField(blank=True, null=True)),
                ("clicks", models.BigIntegerField(blank=True, null=True)),
                ("day", models.DateField()),
                ("followers", models.BigIntegerField(blank=True, null=True)),
                ("posts", models.PositiveIntegerField(default=0)),
                ("rated_views", models.BigIntegerField(blank=True, null=True)),
                ("rated_interactions", models.BigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platforms.account"
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "day"), name="an_account_has_one_row_per_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField()),
                ("followers", models.BigIntegerField(blank=True, null=True)),
                ("following", models.BigIntegerField(blank=True, null=True)),
                ("posts", models.BigIntegerField(blank=True, null=True)),
                ("views", models.BigIntegerField(blank=True, null=True)),
                ("extra", models.JSONField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platforms.account"
                    ),
                ),
            ],
            options={
                "ordering": ["taken_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "taken_at"), name="an_account_is_read_once_a_minute")
                ],
            },
        ),
        migrations.CreateModel(
            name="PostDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("views", models.BigIntegerField(blank=True, null=True)),
                ("likes", models.BigIntegerField(blank=True, null=True)),
                ("comments", models.BigIntegerField(blank=True, null=True)),
                ("shares", models.BigIntegerField(blank=True, null=True)),
                ("saves", models.BigIntegerField(blank=True, null=True)),
                ("clicks", models.BigIntegerField(blank=True, null=True)),
                ("day", models.DateField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platforms.account"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platforms.post"
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
                "indexes": [models.Index(fields=["account", "day"], name="post_days_by_account")],
                "constraints": [models.UniqueConstraint(fields=("post", "day"), name="a_post_has_one_row_per_day")],
            },
        ),
        migrations.CreateModel(
            name="PostSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("views", models.BigIntegerField(blank=True, null=True)),
                ("likes", models.BigIntegerField(blank=True, null=True)),
                ("comments", models.BigIntegerField(blank=True, null=True)),
                ("shares", models.BigIntegerField(blank=True, null=True)),
                ("saves", models.BigIntegerField(blank=True, null=True)),
                ("clicks", models.BigIntegerField(blank=True, null=True)),
                ("taken_at", models.DateTimeField()),
                ("extra", models.JSONField(blank=True, null=True)),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platforms.post"
                    ),
                ),
            ],
            options={
                "ordering": ["taken_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("post", "taken_at"), name="a_post_is_read_once_a_minute")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("made_by", None)),
                fields=("workspace", "starts_on"),
                name="the_clock_makes_one_report_a_week",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("report", "member"), name="a_report_is_mailed_once"),
        ),
    ]
