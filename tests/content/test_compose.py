import pytest

from content.compose import compose, composition, guess_language
from content.markdown import images, to_html, to_plain
from content.models.variant import VariantImage
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import make_asset, open_platforms, shown


@pytest.fixture(autouse=True)
def _platforms(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    open_platforms(monkeypatch)


@pytest.fixture
def paper(workspace):
    return make_account(workspace, platform="paper")


@pytest.fixture
def chirp(workspace):
    return make_account(workspace, platform="chirp")


def test_blank_fields_are_taken_from_the_item(workspace, paper):
    item = make_item(workspace, title="Tea", summary="Short", body="**Leaves**", tags=["tea"])
    post = compose(make_variant(item, paper), key="abc")
    assert (post.key, post.title, post.summary, post.tags) == ("abc", "Tea", "Short", ("tea",))
    assert post.html == "<p><strong>Leaves</strong></p>"
    assert post.text == "Leaves"


def test_own_fields_win(workspace, paper):
    item = make_item(workspace, title="Tea", summary="Short", body="Leaves")
    post = compose(make_variant(item, paper, title="Own", summary="Mine", body="Words"))
    assert (post.title, post.summary, post.html) == ("Own", "Mine", "<p>Words</p>")


def test_a_note_says_its_own_words_as_plain_text(workspace, chirp):
    item = make_item(workspace, title="Tea", summary="Short", body="Long")
    post = compose(make_variant(item, chirp, body="Read **this**: [here](https://a.example)"))
    assert post.text == "Read this: here https://a.example"
    assert post.html == ""


def test_a_note_without_own_words_says_title_and_summary(workspace, chirp):
    item = make_item(workspace, title="Tea", summary="Short", body="Long " * 400)
    assert compose(make_variant(item, chirp)).text == "Tea\n\nShort"


def test_a_note_without_summary_keeps_the_whole_body(workspace, chirp):
    item = make_item(workspace, title="Tea", body="word " * 400)
    assert compose(make_variant(item, chirp)).text.count("word") == 400


def test_pictures_come_once_each_in_order_with_the_cover_first(workspace, paper):
    a, b, cover = (make_asset(workspace) for _ in range(3))
    item = make_item(workspace, body=f"{shown(b)} text {shown(a)} again {shown(b)}", cover=cover)
    post = compose(make_variant(item, paper))
    assert [image.name for image in post.images] == [cover.name, b.name, a.name]
    assert post.cover is post.images[0]
    assert all(image.ref in post.html for image in post.images[1:])


def test_a_cover_that_is_also_in_the_text_is_one_of_the_images(workspace, paper):
    a, b = make_asset(workspace), make_asset(workspace)
    post = compose(make_variant(make_item(workspace, body=shown(a) + shown(b), cover=b), paper))
    assert [image.name for image in post.images] == [a.name, b.name]
    assert post.cover.ref == post.images[1].ref


def test_the_place_of_use_may_describe_a_picture_anew(workspace, paper):
    asset = make_asset(workspace, alt_text="General")
    path = f"/w/{workspace.slug}/assets/{asset.pk}/file"
    described = compose(make_variant(make_item(workspace, body=f"![Here]({path})"), paper))
    named = compose(make_variant(make_item(workspace, body=f"![{asset.name}]({path})"), paper))
    assert (described.images[0].alt, named.images[0].alt) == ("Here", "General")
    assert 'alt="General"' in named.html


def test_pictures_of_others_and_from_elsewhere_are_lost_not_sent(workspace, other_workspace, paper):
    foreign, gone = make_asset(other_workspace), make_asset(workspace, removed_at="2026-01-01T00:00Z")
    claimed = f"![y](/w/lanxu/assets/{foreign.pk}/file)"
    body = f"{shown(foreign)} {shown(gone)} ![x](https://elsewhere.example/a.png) {claimed}"
    made = composition(make_variant(make_item(workspace, body=body), paper))
    assert made.outgoing.images == ()
    assert len(made.lost) == 4
    assert "<img" not in made.outgoing.html


def test_bytes_are_read_only_when_asked_for(workspace, paper):
    asset = make_asset(workspace)
    item = make_item(workspace, body=shown(asset))
    image = compose(make_variant(item, paper)).images[0]
    assert len(image.read()) == image.size_bytes
    asset.file.storage.delete(asset.file.name)
    compose(make_variant(item, make_account(workspace, platform="paper")))


def test_own_pictures_replace_those_of_the_item_in_their_order(workspace, chirp):
    a, b, c = (make_asset(workspace) for _ in range(3))
    variant = make_variant(make_item(workspace, body=shown(a)), chirp, own_images=True)
    for place, asset in enumerate([c, b]):
        VariantImage.objects.create(variant=variant, asset=asset, place=place)
    assert [image.name for image in compose(variant).images] == [c.name, b.name]


def test_a_note_with_own_words_keeps_the_pictures_of_the_item(workspace, chirp):
    a, b = make_asset(workspace), make_asset(workspace)
    item = make_item(workspace, body=shown(a))
    assert [image.name for image in compose(make_variant(item, chirp, body="Short.")).images] == [a.name]
    own = make_variant(item, make_account(workspace, platform="chirp"), body=f"Short. {shown(b)}")
    assert [image.name for image in compose(own).images] == [b.name]


def test_options_have_their_defaults_and_nothing_unknown(workspace, paper):
    item = make_item(workspace)
    variant = make_variant(item, paper, options={"junk": "1"})
    assert compose(variant).options == {"visibility": "open"}
    variant.options = {"visibility": "closed"}
    assert compose(variant).options == {"visibility": "closed"}


def test_composing_asks_the_database_little(workspace, paper, django_assert_max_num_queries):
    assets = [make_asset(workspace) for _ in range(5)]
    item = make_item(workspace, body="".join(map(shown, assets)), cover=assets[0])
    variant = make_variant(item, paper)
    with django_assert_max_num_queries(2):
        compose(variant)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("秋天第一炉桂花乌龙", "zh"),
        ("桂花 oolong 怎么焙", "zh"),
        ("How to roast it", "en"),
        ("今日はとてもいい天気です", "ja"),
        ("안녕하세요 여러분", "ko"),
        ("12:30", ""),
    ],
)
def test_the_language_is_guessed_by_script(text, language):
    assert guess_language(text) == language


def test_script_never_reaches_the_html():
    text = "<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b onclick=x>bold</b> ![a](javascript:b)"
    made = to_html(text)
    assert "<script" not in made
    assert "<b " not in made
    assert 'href="java' not in made
    assert 'src="java' not in made


def test_tables_and_strikethrough_work_and_footnotes_do_not():
    assert "<table>" in to_html("| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<s>gone</s>" in to_html("~~gone~~")
    assert "footnote" not in to_html("A[^1]\n\n[^1]: note")


def test_a_line_break_stays_one():
    assert to_html("a\nb") == "<p>a<br>\nb</p>"
    assert to_html("a<br>b") == "<p>a<br>\nb</p>"


def test_plain_text_keeps_blocks_lists_and_addresses():
    text = "# Head\n\nOne\ntwo\n\n- a\n- b\n\n1. x\n2. y\n\n> said\n\n[site](https://a.example) <https://b.example>"
    assert to_plain(text) == (
        "Head\n\nOne\ntwo\n\n• a\n• b\n\n1. x\n2. y\n\nsaid\n\nsite https://a.example https://b.example"
    )


def test_plain_text_of_a_table_and_of_code():
    assert to_plain("| a | b |\n|---|---|\n| 1 | 2 |") == "a | b\n1 | 2"
    assert to_plain("```\ncode\n```") == "code"


def test_a_picture_in_code_is_no_picture():
    assert images("`![a](b)` ![c](d)\n\n```\n![e](f)\n```") == [("d", "c")]
