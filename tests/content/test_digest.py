import pytest

from content.digest import digest
from content.models.variant import VariantImage
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import make_asset, open_platforms, shown


@pytest.fixture(autouse=True)
def _platforms(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    open_platforms(monkeypatch)


@pytest.fixture
def item(workspace):
    cover, pictured = make_asset(workspace), make_asset(workspace)
    return make_item(workspace, body=shown(pictured), cover=cover, tags=["tea"])


def _change(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def test_the_same_piece_has_the_same_digest(item):
    assert digest(item) == digest(item)
    assert len(digest(item)) == 64


@pytest.mark.parametrize(
    "fields", [{"title": "Other"}, {"summary": "Other"}, {"body": "Other"}, {"tags": ["tea", "new"]}, {"cover": None}]
)
def test_what_is_said_changes_the_digest(item, fields):
    was = digest(item)
    _change(item, **fields)
    assert digest(item) != was


def test_who_owns_it_and_where_it_is_filed_does_not(item, editor):
    was = digest(item)
    _change(item, owner=editor, revision=9, state="in_review", changed_by=editor)
    assert digest(item) == was


@pytest.mark.parametrize("fields", [{"title": "Own"}, {"summary": "Own"}, {"body": "Own"}, {"options": {"a": "b"}}])
def test_a_variants_words_change_the_digest(item, workspace, fields):
    variant = make_variant(item, make_account(workspace, platform="paper"))
    was = digest(item)
    _change(variant, **fields)
    assert digest(item) != was


def test_adding_an_account_changes_the_digest(item, workspace):
    was = digest(item)
    make_variant(item, make_account(workspace, platform="chirp"))
    assert digest(item) != was


def test_the_order_of_own_pictures_changes_the_digest(item, workspace):
    variant = make_variant(item, make_account(workspace, platform="chirp"), own_images=True)
    first, second = make_asset(workspace), make_asset(workspace)
    picks = [VariantImage.objects.create(variant=variant, asset=a, place=n) for n, a in enumerate([first, second])]
    was = digest(item)
    _change(picks[0], place=5)
    assert digest(item) != was


def test_a_files_description_and_bytes_change_the_digest(item):
    was = digest(item)
    _change(item.cover, alt_text="Another field")
    described = digest(item)
    _change(item.cover, sha256="0" * 64)
    assert len({was, described, digest(item)}) == 3
