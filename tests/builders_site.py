"""Make articles and comments on a workspace's own site."""

import io
import itertools

from django.utils import timezone
from PIL import Image

from platforms.actions import site

_numbers = itertools.count(1)


def make_article(workspace, *, key="", now=None, **fields):
    n = next(_numbers)
    draft = site.Draft(**{"title": f"Letter {n}", "html": "<p>Words.</p>", "summary": "In short."} | fields)
    return site.publish(workspace, key or f"key-{n}", draft, now=now or timezone.now())[0]


def make_comment(article, *, name="Mira", text="Lovely letter.", now=None, shown_by=None):
    row = site.add_comment(article, name, text, now=now or timezone.now())
    return site.show_comment(row, by=shown_by, now=row.made_at) if shown_by else row


def picture(*, kind="JPEG", size=(320, 200), color=(40, 120, 80)):
    written = io.BytesIO()
    Image.new("RGB", size, color).save(written, kind)
    return written.getvalue()
