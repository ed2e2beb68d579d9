"""The tables of the first release."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import content.models.publication


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("campaigns", "0001_initial"),
        ("mediaops", "0001_initial"),
        ("platforms", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=300, upload_to="")),
                ("thumbnail", models.FileField(blank=True, max_length=300, upload_to="")),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                ("mime", models.CharField(max_length=60)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("alt_text", models.CharField(blank=True, max_length=1000, verbose_name="Alternative text")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
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
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ContentItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="Title")),
                ("summary", models.TextField(blank=True, max_length=1000, verbose_name="Summary")),
                ("body", models.TextField(blank=True, verbose_name="Body")),
                ("tags", models.JSONField(blank=True, default=list, verbose_name="Tags")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("changes", "Changes requested"),
                            ("approved", "Approved"),
                            ("stale", "Changed since approval"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("assets", models.ManyToManyField(blank=True, related_name="items", to="content.asset")),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.campaign",
                        verbose_name="Campaign",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="content.asset",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                        verbose_name="Owner",
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
                "ordering": ["-changed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=4000, verbose_name="Comment")),
                ("quote", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="content.comment",
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="content.contentitem"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Idea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="Idea")),
                ("note", models.TextField(blank=True, verbose_name="Note")),
                ("source_url", models.URLField(blank=True, max_length=1000, verbose_name="Source")),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="Score",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Fresh"),
                            ("chosen", "Chosen"),
                            ("writing", "Being written"),
                            ("done", "Done"),
                            ("parked", "Parked"),
                        ],
                        default="new",
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                        verbose_name="Owner",
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
                "ordering": ["-score", "-made_at"],
            },
        ),
        migrations.AddField(
            model_name="contentitem",
            name="idea",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="items",
                to="content.idea",
            ),
        ),
        migrations.CreateModel(
            name="ItemVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField()),
                ("title", models.CharField(blank=True, max_length=200)),
                ("summary", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
                ("tags", models.JSONField(blank=True, default=list)),
                ("variants", models.JSONField(blank=True, default=list)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("writing", "While writing"),
                            ("submitted", "Sent to review"),
                            ("approved", "Approved"),
                            ("restored", "Before a restore"),
                            ("aside", "Set aside"),
                        ],
                        default="writing",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="content.asset",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="content.contentitem"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Persona",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                ("description", models.TextField(blank=True, verbose_name="Who they are, what they want")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mediaops.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="contentitem",
            name="personas",
            field=models.ManyToManyField(blank=True, related_name="+", to="content.persona", verbose_name="Personas"),
        ),
        migrations.CreateModel(
            name="Pillar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                ("description", models.TextField(blank=True, verbose_name="What belongs here")),
                (
                    "share",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="Share of posts, in per cent",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mediaops.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="idea",
            name="pillar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="content.pillar",
                verbose_name="Pillar",
            ),
        ),
        migrations.AddField(
            model_name="contentitem",
            name="pillar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="content.pillar",
                verbose_name="Pillar",
            ),
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        default=content.models.publication.new_key, editable=False, max_length=32, unique=True
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="Time")),
                ("attempt_after", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("sending", "Sending"),
                            ("processing", "Processing"),
                            ("by_hand", "By hand"),
                            ("unsure", "Unsure"),
                            ("live", "Live"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("handed_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("claims", models.PositiveIntegerField(default=0)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("late_at", models.DateTimeField(blank=True, null=True)),
                ("looks", models.PositiveSmallIntegerField(default=0)),
                ("ticket", models.JSONField(blank=True, null=True)),
                ("check_after", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, max_length=600)),
                (
                    "way_out",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("edit", "Change the text"),
                            ("review", "Send it to review"),
                            ("reconnect", "Reconnect the account"),
                            ("retry", "Send it again"),
                            ("look", "Look on the platform"),
                            ("post", "Post it by hand"),
                            ("decide", "Choose a time, or drop it"),
                        ],
                        max_length=20,
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="platforms.post",
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Under way"),
                            ("live", "Live"),
                            ("processing", "Taken, being processed"),
                            ("nothing_sent", "Nothing was sent"),
                            ("refused", "Refused"),
                            ("reconnect", "Signed out"),
                            ("unknown", "No clear answer"),
                            ("lost", "The worker stopped"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("sent", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=600)),
                ("raw", models.TextField(blank=True)),
                ("worker", models.CharField(blank=True, max_length=80)),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="content.publication"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for a decision"),
                            ("approved", "Approved"),
                            ("changes", "Changes requested"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to="content.contentitem"
                    ),
                ),
            ],
            options={
                "ordering": ["-round"],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="Day",
                    ),
                ),
                ("time", models.TimeField(verbose_name="Time")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platforms.account"
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "time"],
            },
        ),
        migrations.CreateModel(
            name="Variant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="Title")),
                ("summary", models.TextField(blank=True, max_length=1000, verbose_name="Summary")),
                ("body", models.TextField(blank=True, verbose_name="Body")),
                ("own_images", models.BooleanField(default=False, verbose_name="Own choice of pictures")),
                ("options", models.JSONField(blank=True, default=dict)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platforms.account"
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="variants", to="content.contentitem"
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="publication",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="publications", to="content.variant"
            ),
        ),
        migrations.CreateModel(
            name="VariantImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="content.asset"
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="picks", to="content.variant"
                    ),
                ),
            ],
            options={
                "ordering": ["place"],
            },
        ),
        migrations.AddField(
            model_name="variant",
            name="images",
            field=models.ManyToManyField(
                blank=True, related_name="+", through="content.VariantImage", to="content.asset"
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.UniqueConstraint(fields=("workspace", "sha256"), name="the_same_bytes_are_kept_once"),
        ),
        migrations.AddConstraint(
            model_name="itemversion",
            constraint=models.UniqueConstraint(fields=("item", "number"), name="a_version_has_its_own_number"),
        ),
        migrations.AddConstraint(
            model_name="persona",
            constraint=models.UniqueConstraint(fields=("workspace", "name"), name="a_persona_has_its_own_name"),
        ),
        migrations.AddConstraint(
            model_name="pillar",
            constraint=models.UniqueConstraint(fields=("workspace", "name"), name="a_pillar_has_its_own_name"),
        ),
        migrations.AddIndex(
            model_name="idea",
            index=models.Index(fields=["workspace", "state", "-score"], name="ideas_by_state"),
        ),
        migrations.AddIndex(
            model_name="contentitem",
            index=models.Index(fields=["workspace", "-changed_at"], name="items_by_change"),
        ),
        migrations.AddIndex(
            model_name="contentitem",
            index=models.Index(fields=["workspace", "state", "-changed_at"], name="items_by_state"),
        ),
        migrations.AddIndex(
            model_name="contentitem",
            index=models.Index(fields=["workspace", "archived_at", "state", "owner"], name="items_counted"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(fields=("publication", "number"), name="attempts_are_numbered"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(fields=("item", "round"), name="a_review_round_is_once"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("item",), name="one_review_is_open_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.UniqueConstraint(fields=("account", "weekday", "time"), name="a_slot_is_once_a_week"),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["due_at"], name="publications_by_time"),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["state", "attempt_after", "id"], name="publications_due"),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["state", "claimed_until"], name="publications_in_flight"),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "live"), _negated=True), ("post__isnull", False), _connector="OR"
                ),
                name="what_is_live_has_a_post",
            ),
        ),
        migrations.AddConstraint(
            model_name="variantimage",
            constraint=models.UniqueConstraint(fields=("variant", "asset"), name="a_picture_is_once_in_a_variant"),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.UniqueConstraint(
                fields=("item", "account"), name="an_item_has_one_variant_per_account"
            ),
        ),
    ]
