import io
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from content import markdown
from content.actions import branding, fitting, mending
from content.actions.mending import mend, offers, without_links, without_tags
from content.actions.reviewing import approve
from content.checks import check_text
from content.compose import compose
from content.models import Asset, ContentItem, ItemVersion
from mediaops.errors import WrongState
from mediaops.models import Activity
from platforms.connectors.counting import links_of, tags_of
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import make_asset, open_platforms, picture, shown

NOW = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _house(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    open_platforms(monkeypatch)
    with translation.override("en"):
        yield


def note(workspace, *, item=None, limits=None, **fields):
    account = make_account(workspace, platform="chirp", limits=limits or {})
    return make_variant(item or make_item(workspace, title="Tea", body="Words."), account, **fields)


def article(workspace, *, item=None, limits=None, **fields):
    account = make_account(workspace, platform="paper", limits=limits or {})
    return make_variant(item or make_item(workspace, title="Tea", body="Words."), account, **fields)


def codes(variant):
    fresh = (
        type(variant)
        .objects.select_related("item__workspace", "item__cover", "account__workspace")
        .get(pk=variant.pk)
    )
    return [problem.code for problem in check_text(fresh)]


def take(variant, key, by, **how):
    return mend(variant, key, revision=variant.revision, by=by, now=NOW, **how).variant


def photo(workspace, width, height, **fields):
    data = picture(width, height, kind=fields.pop("kind", "PNG"))
    return make_asset(workspace, data=data, width=width, height=height, **fields)


def test_a_long_text_is_cut_into_the_variants_own(workspace, editor):
    variant = note(workspace, body="One sentence that fits. Another that does not fit at all.")
    saved = take(variant, "cut:body", editor)
    assert saved.body == "One sentence that fits."
    assert codes(saved) == []
    assert saved.item.body == "Words."


def test_what_is_taken_from_the_piece_is_cut_for_this_account_only(workspace, editor):
    item = make_item(workspace, title="T", summary="A summary that is too long. Much too long for it.")
    saved = take(note(workspace, item=item), "cut:body", editor)
    assert saved.body == "T\n\nA summary that is too long."
    assert saved.item.summary.startswith("A summary that is too long.")


def test_a_cut_note_goes_on_showing_its_pictures(workspace, editor):
    asset = make_asset(workspace)
    variant = note(workspace, body=f"Short. {'x ' * 40}\n\n{shown(asset)}")
    saved = take(variant, "cut:body", editor)
    assert [image.ref for image in compose(saved).images] == [image.ref for image in compose(variant).images]
    assert codes(saved) == []


def test_title_and_summary_are_cut_as_the_platform_counts(workspace, editor):
    item = make_item(workspace, title="A title of far more than twenty", summary="123456", body="Words.")
    variant = article(workspace, item=item, limits={"summary_max": 4})
    saved = take(variant, "cut:title", editor)
    assert saved.title == "A title of far more…"
    saved = take(saved, "cut:summary", editor)
    assert len(saved.summary) <= 4
    assert saved.item.title == "A title of far more than twenty"


def test_risky_words_are_replaced_in_every_place(workspace, editor):
    variant = note(workspace, body="最佳，**最佳**")
    saved = take(variant, "replace:body:law:最佳", editor)
    assert saved.body == "出色，**出色**"


def test_words_of_the_piece_are_put_right_in_the_piece(workspace, editor):
    item = make_item(workspace, title="最佳", body="Words.")
    variant = article(workspace, item=item)
    mended = mend(variant, "replace:title:law:最佳", revision=1, by=editor, now=NOW)
    item.refresh_from_db()
    assert mended.is_of_piece
    assert (item.title, item.revision, mended.variant.title) == ("出色", 2, "")


def test_personal_numbers_are_hidden(workspace, editor):
    saved = take(note(workspace, body="打13812345678"), "replace:body:personal:13812345678", editor)
    assert saved.body == "打138****5678"


def test_required_wording_is_added(workspace, editor):
    branding.add_rule(workspace, {"kind": "required", "phrase": "广告"}, by=editor, now=NOW)
    saved = take(note(workspace, body="Tea."), "append:广告", editor)
    assert saved.body == "Tea.\n\n广告"


@pytest.mark.parametrize(
    ("limits", "body", "key", "left"),
    [
        ({"links_max": 0}, "See https://a.example/x now", "drop_links", "See now"),
        ({"links_max": 1, "text_max": 90}, "https://a.example https://b.example", "drop_links", "https://a.example"),
        ({"hashtags_max": 1}, "Tea #a #b", "drop_hashtags", "Tea #a"),
        ({"hashtags_refused": True}, "Tea #a.", "drop_hashtags", "Tea."),
    ],
)
def test_links_and_tags_beyond_the_limit_are_taken_out(workspace, editor, limits, body, key, left):
    assert take(note(workspace, body=body, limits=limits), key, editor).body == left


def test_tags_of_the_piece_beyond_the_limit_are_taken_out(workspace, editor):
    item = make_item(workspace, title="Tea", body="Words.", tags=["a", "b", "c"])
    take(note(workspace, item=item, limits={"tags_max": 2}), "first_tags", editor)
    item.refresh_from_db()
    assert item.tags == ["a", "b"]


def test_tags_are_written_as_the_platform_reads_them(workspace, editor):
    weibo = make_account(workspace, platform="weibo", rights=[])
    variant = make_variant(make_item(workspace), weibo, body="上新 #春茶 了")
    assert take(variant, "close_tags", editor).body == "上新 #春茶# 了"
    xhs = make_account(workspace, platform="xiaohongshu")
    variant = make_variant(make_item(workspace), xhs, body="上新 #春茶#了")
    assert take(variant, "open_tags", editor).body == "上新 #春茶 了"


@given(
    st.lists(st.sampled_from(["a", "茶", " ", "#春", "。", "\n", "(https://x.y/z)", " https://x.y/z"])).map("".join)
)
def test_without_links_there_are_none(text):
    assert links_of(markdown.to_plain(without_links(text))) == []
    assert tags_of(without_tags(text)) == []


def test_links_of_markdown_leave_their_words_and_pictures_stay():
    text = "[Our shop](https://a.example) and ![x](https://b.example/y.png) https://c.example"
    assert without_links(text) == "Our shop and ![x](https://b.example/y.png)"


def test_a_picture_is_cropped_into_a_new_one_and_the_first_stays(workspace, editor):
    tall = photo(workspace, 40, 200, alt_text="A tall cup", name="cup.png")
    variant = note(workspace, body=f"Tea {shown(tall)}", limits={"image_ratio_min": 0.75})
    key = next(key for key in offers(variant) if key.startswith("crop:"))
    saved = take(variant, key, editor)
    (image,) = compose(saved).images
    assert (image.width, image.height, image.alt, image.name) == (40, 53, "A tall cup", "cup 3×4.png")
    assert codes(saved) == []
    assert Asset.objects.get(pk=tall.pk).removed_at is None


def test_the_focus_says_what_stays(workspace, editor):
    image = Image.new("RGB", (40, 200), "white")
    image.paste("red", (0, 190, 40, 200))
    out = io.BytesIO()
    image.save(out, "PNG")
    tall = make_asset(workspace, data=out.getvalue(), width=40, height=200)
    variant = note(workspace, body=f"Tea {shown(tall)}", limits={"image_ratio_min": 0.75})
    key = next(key for key in offers(variant) if key.startswith("crop:"))
    (made,) = compose(take(variant, key, editor, focus=(0.5, 1))).images
    assert Image.open(io.BytesIO(made.read())).getpixel((20, 52)) == (255, 0, 0)


def test_a_picture_within_an_article_is_put_instead(workspace, editor):
    tall = photo(workspace, 40, 200)
    item = make_item(workspace, title="Tea", body=f"Before {shown(tall)} after", cover=tall)
    variant = article(workspace, item=item, limits={"image_ratio_min": 0.75})
    key = next(key for key in offers(variant) if key.startswith("crop:"))
    saved = take(variant, key, editor)
    made = compose(saved)
    assert [(image.width, image.height) for image in made.images] == [(40, 53)]
    assert made.cover.ref == made.images[0].ref
    assert saved.item.body == item.body
    assert codes(saved) == []


def test_a_heavy_picture_is_shrunk(workspace, editor):
    out = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(out, "PNG")
    heavy = make_asset(workspace, data=out.getvalue(), width=300, height=300)
    variant = note(workspace, body=f"Tea {shown(heavy)}", limits={"image_bytes_max": 20_000})
    key = next(key for key in offers(variant) if key.startswith("shrink:"))
    (image,) = compose(take(variant, key, editor)).images
    assert image.size_bytes <= 20_000


def test_a_picture_is_converted(workspace, editor):
    variant = note(workspace, body=f"Tea {shown(photo(workspace, 9, 9))}", limits={"image_types": ["image/jpeg"]})
    key = next(key for key in offers(variant) if key.startswith("convert:"))
    (image,) = compose(take(variant, key, editor)).images
    assert (image.mime, image.name[-4:]) == ("image/jpeg", ".jpg")


def test_many_pictures_become_one_or_the_first_of_them(workspace, editor):
    assets = [photo(workspace, 20, 20, alt_text=f"Cup {n}") for n in range(3)]
    body = "Tea " + " ".join(map(shown, assets))
    saved = take(note(workspace, body=body), "grid", editor)
    (image,) = compose(saved).images
    assert (image.alt, saved.own_images) == ("Cup 0; Cup 1; Cup 2", True)
    saved = take(note(workspace, body=body), "first_images", editor)
    assert [pick.asset for pick in saved.picks.all()] == assets[:2]


def test_one_picture_becomes_a_grid_of_nine(workspace, editor):
    out = io.BytesIO()
    Image.linear_gradient("L").save(out, "PNG")
    asset = make_asset(workspace, data=out.getvalue(), width=256, height=256)
    variant = note(workspace, body=f"Tea {shown(asset)}", limits={"images_max": 9})
    key = next(key for key in offers(variant) if key.startswith("split:"))
    saved = take(variant, key, editor)
    rows = list(saved.picks.values_list("asset__width", "asset__height"))
    assert set(rows) == {(85, 85)}


def test_an_older_revision_is_told_and_nothing_changes(workspace, editor):
    variant = note(workspace, body="x" * 40)
    fitting.save_variant(variant, {"body": "y" * 40}, revision=1, by=editor, now=NOW)
    with pytest.raises(fitting.VariantEditedMeanwhile):
        mend(variant, "cut:body", revision=1, by=editor, now=NOW)
    variant.refresh_from_db()
    assert variant.body == "y" * 40


@pytest.mark.parametrize("key", ["cut:body", "crop:/w/lanxu/assets/9/file", "nonsense", "", "replace:body:law:最佳"])
def test_what_is_not_offered_is_not_done(workspace, editor, key):
    variant = note(workspace, body="Fits.")
    with pytest.raises(WrongState, match="solved already"):
        take(variant, key, editor)
    variant.refresh_from_db()
    assert (variant.body, variant.revision) == ("Fits.", 1)


def test_every_fix_withdraws_an_approval_and_is_in_the_trail(workspace, manager):
    variant = note(workspace, body="最佳")
    approve(variant.item, by=manager, now=NOW)
    take(variant, "replace:body:law:最佳", manager)
    assert ContentItem.objects.get().state == "stale"
    line = Activity.objects.get(verb="variant.mended")
    assert line.detail == {"account": variant.account.name, "fix": "Replace with “出色”"}


def test_the_words_before_are_kept_as_a_version(workspace, editor):
    take(note(workspace, body="最佳"), "replace:body:law:最佳", editor)
    assert ItemVersion.objects.get().variants[0]["body"] == "最佳"


def test_an_archived_piece_is_not_mended(workspace, editor):
    variant = note(workspace, body="最佳")
    ContentItem.objects.update(archived_at=NOW)
    with pytest.raises(WrongState):
        take(variant, "replace:body:law:最佳", editor)
    assert not Activity.objects.exists()


def test_every_fix_that_is_offered_has_its_act():
    assert set(mending.OF_PICTURES) < set(mending.ACTS)


HTMX = {"HTTP_HX_REQUEST": "true"}


def at(name, row):
    return reverse(
        f"content:{name}", args=[row.item.workspace.slug if hasattr(row, "item") else row.workspace.slug, row.pk]
    )


def test_a_fix_saves_what_is_typed_first_and_offers_the_way_back(workspace, editor, client_of):
    variant = note(workspace, body="Old.")
    typed = {"revision": 1, "body": "这是最佳的茶", "fix": "replace:body:law:最佳"}
    answer = client_of(editor).post(at("variant-mend", variant), typed, **HTMX)
    variant.refresh_from_db()
    assert variant.body == "这是出色的茶"
    assert "variant:saved" in answer.headers["HX-Trigger"]
    page = answer.content.decode()
    assert 'name="revision" value="3"' in page
    assert '<textarea name="body" hidden>这是最佳的茶</textarea>' in page
    client_of(editor).post(at("variant-save", variant), {"revision": 3, "body": "这是最佳的茶"})
    variant.refresh_from_db()
    assert variant.body == "这是最佳的茶"


def test_a_fix_works_without_script(workspace, editor, client_of):
    variant = note(workspace, body="x" * 40)
    answer = client_of(editor).post(at("variant-mend", variant), {"known": 1, "fix": "cut:body"})
    assert answer.headers["Location"] == variant.get_absolute_url()
    variant.refresh_from_db()
    assert len(variant.body) == 30


def test_the_page_asks_which_part_of_a_picture_stays(workspace, editor, client_of):
    image = Image.new("RGB", (40, 200), "white")
    image.paste("red", (0, 0, 40, 10))
    out = io.BytesIO()
    image.save(out, "PNG")
    tall = make_asset(workspace, data=out.getvalue(), width=40, height=200)
    variant = note(workspace, body=f"Tea {shown(tall)}", limits={"image_ratio_min": 0.75})
    key = next(key for key in offers(variant) if key.startswith("crop:"))
    client = client_of(editor)
    assert "upper or left part" in client.get(variant.get_absolute_url()).content.decode()
    client.post(at("variant-mend", variant), {"known": 1, "fix": key, "focus": "0"})
    (made,) = compose(type(variant).objects.get()).images
    assert Image.open(io.BytesIO(made.read())).getpixel((20, 2)) == (255, 0, 0)


def test_a_fix_on_an_older_text_shows_both(workspace, editor, manager, client_of):
    variant = note(workspace, body="x" * 40)
    fitting.save_variant(variant, {"body": "y" * 40}, revision=1, by=manager, now=NOW)
    typed = {"revision": 1, "body": "z" * 40, "fix": "cut:body"}
    answer = client_of(editor).post(at("variant-mend", variant), typed, **HTMX)
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#variant-conflict"
    variant.refresh_from_db()
    assert variant.body == "y" * 40


def test_a_fix_that_is_gone_keeps_what_was_typed(workspace, editor, client_of):
    variant = note(workspace, body="Fits.")
    typed = {"revision": 1, "body": "Fits, too.", "fix": "cut:body"}
    assert client_of(editor).post(at("variant-mend", variant), typed, **HTMX).status_code == 409
    variant.refresh_from_db()
    assert variant.body == "Fits, too."


def test_what_cannot_be_saved_is_told_beside_the_form(workspace, editor, client_of):
    variant = note(workspace, body="x" * 40)
    typed = {"revision": 1, "title": "t" * 201, "body": "x" * 40, "fix": "cut:body"}
    answer = client_of(editor).post(at("variant-mend", variant), typed, **HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#variant-state")
    variant.refresh_from_db()
    assert variant.revision == 1


def test_a_viewer_mends_nothing(workspace, viewer, client_of):
    variant = note(workspace, body="x" * 40)
    assert client_of(viewer).post(at("variant-mend", variant), {"fix": "cut:body"}).status_code == 403


def test_the_page_shows_limits_advice_and_ways_out(workspace, editor, client_of):
    account = make_account(workspace, platform="chirp", limits={"links_max": 1, "image_ratio_min": 0.75})
    variant = make_variant(make_item(workspace), account, body="最佳 https://a.example https://b.example")
    page = client_of(editor).get(variant.get_absolute_url()).content.decode()
    assert "What Chirp takes" in page
    assert '<span class="takes-now">2</span> / 1' in page
    assert 'name="fix" value="replace:body:law:最佳"' in page
    assert 'name="fix" value="drop_links"' in page
    assert 'data-places="0-2"' in page


def test_only_who_approves_may_allow_a_phrase_beside_the_warning(workspace, editor, manager, client_of):
    variant = note(workspace, body="最佳")
    button = 'name="phrase" value="最佳"'
    assert button in client_of(manager).get(variant.get_absolute_url()).content.decode()
    assert button not in client_of(editor).get(variant.get_absolute_url()).content.decode()


def test_words_of_the_piece_are_told_once_and_put_right_there(workspace, editor, client_of):
    item = make_item(workspace, title="Tea", body="最佳")
    for _ in range(2):
        article(workspace, item=item)
    client = client_of(editor)
    checks = client.get(at("item-checks", item)).content.decode()
    assert checks.count("Absolute claim") == 1
    answer = client.post(at("item-mend", item), {"fix": "replace:body:law:最佳"})
    assert answer.headers["Location"] == item.get_absolute_url()
    item.refresh_from_db()
    assert item.body == "出色"
    assert "It fits every account" in client.get(at("item-checks", item)).content.decode()
    assert item.versions.get().body == "最佳"


def test_a_piece_without_accounts_is_read_too(workspace, editor, client_of):
    item = make_item(workspace, title="最佳", body="Words.")
    assert "Absolute claim" in client_of(editor).get(at("item-checks", item)).content.decode()
