"""The tables of the first release."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("mediaops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("platform", models.CharField(max_length=20)),
                ("remote_id", models.CharField(max_length=200)),
                ("server", models.CharField(blank=True, max_length=300)),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("handle", models.CharField(blank=True, max_length=200)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("avatar_url", models.CharField(blank=True, max_length=1000)),
                (
                    "relation",
                    models.CharField(
                        choices=[("own", "Ours"), ("partner", "Partner"), ("watched", "Watched")],
                        default="own",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("healthy", "Healthy"),
                            ("soon", "Expires soon"),
                            ("expired", "Reconnect"),
                            ("gone", "Disconnected"),
                        ],
                        default="healthy",
                        max_length=8,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=400)),
                ("problem_raw", models.TextField(blank=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("check_after", models.DateTimeField(blank=True, null=True)),
                ("synced_at", models.DateTimeField(blank=True, null=True)),
                ("sync_after", models.DateTimeField(blank=True, null=True)),
                ("looked_back_at", models.DateTimeField(blank=True, null=True)),
                ("limits", models.JSONField(blank=True, default=dict)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
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
                    "paused_by",
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
                "ordering": ["platform", "name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("slug", models.CharField(max_length=100)),
                ("title", models.CharField(max_length=300)),
                ("summary", models.TextField(blank=True)),
                ("author", models.CharField(blank=True, max_length=80)),
                ("html", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("cover_alt", models.CharField(blank=True, max_length=400)),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("views", models.PositiveBigIntegerField(default=0)),
                ("visitors", models.PositiveBigIntegerField(default=0)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mediaops.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-published_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ArticleDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("views", models.PositiveIntegerField(default=0)),
                ("visitors", models.PositiveIntegerField(default=0)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="platforms.article"
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="ArticleTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="platforms.article"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread_id", models.CharField(max_length=400)),
                (
                    "kind",
                    models.CharField(
                        choices=[("comment", "Comment"), ("mention", "Mention"), ("private", "Private message")],
                        max_length=8,
                    ),
                ),
                ("who_id", models.CharField(blank=True, max_length=200)),
                ("who_name", models.CharField(max_length=200)),
                ("avatar_url", models.CharField(blank=True, max_length=1000)),
                (
                    "state",
                    models.CharField(choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=6),
                ),
                ("last_text", models.CharField(blank=True, max_length=300)),
                ("last_at", models.DateTimeField()),
                ("waits_since", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversations",
                        to="platforms.account",
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediaops.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-last_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.TextField()),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="credential", to="platforms.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("remote_id", models.CharField(max_length=400)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("is_own", models.BooleanField(default=False)),
                ("author_id", models.CharField(blank=True, max_length=200)),
                ("author_name", models.CharField(max_length=200)),
                ("author_handle", models.CharField(blank=True, max_length=200)),
                ("author_url", models.CharField(blank=True, max_length=1000)),
                ("avatar_url", models.CharField(blank=True, max_length=1000)),
                ("reply_to", models.CharField(blank=True, max_length=400)),
                ("url", models.CharField(blank=True, max_length=1000)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="platforms.conversation",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("remote_id", models.CharField(max_length=400)),
                ("url", models.CharField(blank=True, max_length=1000)),
                ("title", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("kind", models.CharField(default="post", max_length=20)),
                ("part_of", models.CharField(blank=True, max_length=400)),
                ("published_at", models.DateTimeField()),
                (
                    "first_seen",
                    models.CharField(choices=[("published", "Published"), ("synced", "Synced")], max_length=10),
                ),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="posts", to="platforms.account"
                    ),
                ),
            ],
            options={
                "ordering": ["-published_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="conversation",
            name="post",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="conversations",
                to="platforms.post",
            ),
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("unsure", "Unsure"),
                            ("dropped", "Dropped"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("try_after", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, max_length=400)),
                ("problem_raw", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
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
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="platforms.conversation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="platforms.message",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platforms.message"
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SiteComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                ("text", models.TextField(verbose_name="Comment")),
                ("is_team", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("shown", "Shown"), ("hidden", "Hidden")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="platforms.article"
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="platforms.sitecomment",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SiteImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("file", models.FileField(max_length=200, upload_to="site")),
                ("mime", models.CharField(max_length=40)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("size_bytes", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mediaops.workspace"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="article",
            name="cover",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="platforms.siteimage",
            ),
        ),
        migrations.CreateModel(
            name="SiteKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_hash", models.CharField(max_length=64, unique=True)),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="mediaops.workspace"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("workspace", "platform", "remote_id"), name="an_account_is_once_in_a_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="articleday",
            constraint=models.UniqueConstraint(fields=("article", "day"), name="a_day_is_counted_once_per_article"),
        ),
        migrations.AddIndex(
            model_name="articletag",
            index=models.Index(fields=["name"], name="articles_by_tag"),
        ),
        migrations.AddConstraint(
            model_name="articletag",
            constraint=models.UniqueConstraint(fields=("article", "name"), name="a_tag_is_once_on_an_article"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("conversation", "remote_id"), name="a_message_is_once_in_a_talk"
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["account", "-published_at"], name="posts_by_account_and_time"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["-published_at"], name="posts_by_time"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("account", "remote_id"), name="a_post_is_once_on_an_account"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["account", "state", "-last_at"], name="talks_by_account_and_state"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("state", "open"), ("waits_since__isnull", False)),
                fields=["waits_since"],
                name="talks_that_wait",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(fields=("account", "thread_id"), name="a_talk_is_once_on_an_account"),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending"])),
                fields=["state", "try_after"],
                name="replies_on_their_way",
            ),
        ),
        migrations.AddIndex(
            model_name="sitecomment",
            index=models.Index(fields=["state", "made_at"], name="comments_by_state"),
        ),
        migrations.AddIndex(
            model_name="sitecomment",
            index=models.Index(fields=["article", "changed_at"], name="comments_by_change"),
        ),
        migrations.AddConstraint(
            model_name="siteimage",
            constraint=models.UniqueConstraint(
                fields=("workspace", "sha256"), name="a_picture_is_stored_once_on_a_site"
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["workspace", "-published_at", "-id"], name="articles_by_time"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="a_key_makes_one_article"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(fields=("workspace", "slug"), name="an_address_names_one_article"),
        ),
    ]
