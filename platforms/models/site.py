"""The workspace's own public site: its key, pictures, articles, comments, and what was counted.

The site knows nothing of publications; it is reached through its HTTP API like any other platform.
"""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mediaops.lib.moves import Moves
from mediaops.models import Membership, Workspace, WorkspaceQuerySet


class CommentState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("comments", "Waiting")
    SHOWN = "shown", pgettext_lazy("comments", "Shown")
    HIDDEN = "hidden", pgettext_lazy("comments", "Hidden")


COMMENT_MOVES: Moves = {
    CommentState.WAITING: {CommentState.SHOWN, CommentState.HIDDEN},
    CommentState.SHOWN: {CommentState.HIDDEN},
    CommentState.HIDDEN: {CommentState.SHOWN},
}


class SiteKey(models.Model):
    """One row says that the workspace's site is open, and holds the digest of the key to its API."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the key in hex. The key itself is sealed as the account's credential."""
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = WorkspaceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"site of {self.workspace}"


class SiteImage(models.Model):
    """One row is one picture in the site's own storage; the same bytes are stored once."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="site", max_length=200)
    mime = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sha256"], name="a_picture_is_stored_once_on_a_site")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The last part of its address: the digest, so that the address never means other bytes."""
        return f"{self.sha256}.{self.mime.removeprefix('image/').replace('jpeg', 'jpg')}"

    def get_absolute_url(self) -> str:
        return reverse("website:image", args=[self.workspace.slug, self.name])

    @property
    def full_url(self) -> str:
        return settings.SITE_URL.rstrip("/") + self.get_absolute_url()


class ArticleQuerySet(WorkspaceQuerySet):
    def standing(self) -> Self:
        """Keep articles that were not removed."""
        return self.filter(removed_at=None)

    def since(self, moment: datetime | None) -> Self:
        """Keep articles published at or after `moment`; all without one."""
        return self.filter(published_at__gte=moment) if moment else self

    def tagged(self, tag: str) -> Self:
        """Keep articles that carry the tag."""
        return self.filter(tags__name=tag)

    def saying(self, words: str) -> Self:
        """Keep articles that hold every one of the words in title, summary, text or tags.

        A plain "contains" on both databases: it needs no index of its own, knows Chinese as well as
        English, and is fast enough for tens of thousands of articles.
        """
        rows = self
        for word in words.split()[:SEARCH_WORDS]:
            inside = (
                models.Q(title__icontains=word) | models.Q(summary__icontains=word) | models.Q(text__icontains=word)
            )
            tagged = models.Exists(ArticleTag.objects.filter(article=models.OuterRef("pk"), name__iexact=word))
            rows = rows.filter(inside | tagged)
        return rows


SEARCH_WORDS = 6


class Article(models.Model):
    """One row is one article of a public site. `views` and `visitors` are cumulative."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    """The key it was published with; the same key never makes a second article."""
    slug = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    author = models.CharField(max_length=80, blank=True)
    html = models.TextField(blank=True)
    """Sanitised when it came in; pictures are the site's own."""
    text = models.TextField(blank=True)
    """The words alone, for search and reading time."""
    language = models.CharField(max_length=10, blank=True)
    cover = models.ForeignKey(SiteImage, models.SET_NULL, null=True, blank=True, related_name="+")
    cover_alt = models.CharField(max_length=400, blank=True)

    published_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    views = models.PositiveBigIntegerField(default=0)
    visitors = models.PositiveBigIntegerField(default=0)
    """Sum of the visitors of each day: someone who comes on two days counts twice."""

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="a_key_makes_one_article"),
            models.UniqueConstraint(fields=["workspace", "slug"], name="an_address_names_one_article"),
        ]
        indexes = [models.Index(fields=["workspace", "-published_at", "-id"], name="articles_by_time")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("website:article", args=[self.workspace.slug, self.slug])

    @property
    def full_url(self) -> str:
        return settings.SITE_URL.rstrip("/") + self.get_absolute_url()

    @property
    def has_cover_in_text(self) -> bool:
        """Say whether the text shows the cover by itself, so that the page need not."""
        return self.cover is not None and self.cover.sha256 in self.html


class ArticlePartQuerySet(WorkspaceQuerySet):
    workspace_path = "article__workspace"


class ArticleTag(models.Model):
    """One row is one tag of one article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    objects = ArticlePartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["article", "name"], name="a_tag_is_once_on_an_article")]
        indexes = [models.Index(fields=["name"], name="articles_by_tag")]

    def __str__(self) -> str:
        return self.name


class ArticleDay(models.Model):
    """One row counts one article on one day of the workspace's zone."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    visitors = models.PositiveIntegerField(default=0)

    objects = ArticlePartQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["article", "day"], name="a_day_is_counted_once_per_article")]

    def __str__(self) -> str:
        return f"{self.article_id} on {self.day}: {self.views}"


class SiteCommentQuerySet(ArticlePartQuerySet):
    def shown(self) -> Self:
        """Keep comments that visitors see."""
        return self.filter(state=CommentState.SHOWN)

    def told(self) -> Self:
        """Keep comments that the team's inbox hears of: all that were not hidden."""
        return self.exclude(state=CommentState.HIDDEN).filter(article__removed_at=None)


class SiteComment(models.Model):
    """One row is one comment under an article, or the team's answer to one (`root` is then set)."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="comments")
    root = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="answers")
    name = models.CharField(pgettext_lazy("of a visitor", "Name"), max_length=60)
    text = models.TextField(_("Comment"))
    is_team = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=CommentState, default=CommentState.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    """When it was written, shown or hidden: readers of the API ask for what changed since."""

    objects = SiteCommentQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(fields=["state", "made_at"], name="comments_by_state"),
            models.Index(fields=["article", "changed_at"], name="comments_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return f"{self.article.get_absolute_url()}#comment-{self.pk}"
