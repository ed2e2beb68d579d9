"""Keeping what platforms told of posts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from analytics.actions import collecting
from analytics.models import AccountDay, PostFigures, PostSnapshot
from platforms.connectors.remote import Reading
from tests.builders import make_account, make_post


def test_a_figure_is_never_seen_without_its_day(workspace, monkeypatch):
    now = datetime(2026, 11, 16, 4, tzinfo=UTC)
    post = make_post(make_account(workspace), published_at=now - timedelta(hours=2))
    told = [Reading(post.remote_id, views=11)]

    def fail(*_args, **_kwargs):
        raise DatabaseError("gone")

    with monkeypatch.context() as broken, pytest.raises(DatabaseError):
        broken.setattr(collecting, "roll_account_days", fail)
        collecting.keep_readings(post.account, told, {post.remote_id: post}, now)
    assert not PostFigures.objects.filter(views=11).exists() and not PostSnapshot.objects.exists()

    collecting.keep_readings(post.account, told, {post.remote_id: post}, now)
    assert (PostFigures.objects.get().views, AccountDay.objects.get().views) == (11, 11)
