import io
from dataclasses import replace

import pytest
from django.utils import translation

from platforms.connectors.counting import wide_count
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost, OutgoingVideo
from platforms.connectors.spec import FormField, Limits, PlatformSpec
from platforms.limits import duration, megabytes, problems, ratio_words

SPEC = PlatformSpec(
    key="chirp", label="Chirp", mark="C", mark_slot=1, body_format="note", limits=Limits(), count_unit="characters"
)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def post(**fields):
    return OutgoingPost(**{"key": "k", "title": "T", "summary": "", "text": "Words.", "html": ""} | fields)


def image(**fields):
    return OutgoingImage(
        **{
            "ref": "/w/a/assets/1/file", "name": "a.png", "mime": "image/png", "size_bytes": 1000,
            "width": 10, "height": 10, "alt": "A cup", "read": lambda: b"",
        } | fields
    )  # fmt: skip


def video(**fields):
    return OutgoingVideo(
        **{
            "ref": "/w/a/assets/2/file", "name": "a.mp4", "mime": "video/mp4", "size_bytes": 1000,
            "width": 1080, "height": 1920, "seconds": 42.4, "open": lambda: io.BytesIO(b""),
        } | fields
    )  # fmt: skip


def codes(limits, outgoing, spec=SPEC):
    return [problem.code for problem in problems(spec, limits, outgoing)]


def test_nothing_is_wrong_without_limits():
    assert codes(Limits(), post(images=(image(),))) == []


@pytest.mark.parametrize(
    ("limits", "outgoing", "code"),
    [
        (Limits(title_required=True), post(title=" "), "title_missing"),
        (Limits(title_max=3), post(title="Four"), "title_long"),
        (Limits(summary_max=3), post(summary="Four"), "summary_long"),
        (Limits(text_max=3), post(text="Four"), "text_long"),
        (Limits(text_bytes_max=5), post(text="茶茶"), "text_bytes"),
        (Limits(), post(text=" "), "empty"),
        (Limits(images_min=1), post(), "images_few"),
        (Limits(images_max=1), post(images=(image(ref="a"), image(ref="b"))), "images_many"),
        (Limits(image_bytes_max=999), post(images=(image(),)), "image_bytes"),
        (Limits(image_pixels_max=99), post(images=(image(),)), "image_pixels"),
        (Limits(image_types=("image/jpeg",)), post(images=(image(),)), "image_type"),
        (Limits(), post(images=(image(alt=" "),)), "alt_missing"),
        (Limits(tags_max=1), post(tags=("a", "b")), "tags_many"),
        (Limits(links_max=0), post(text="see https://a.example/x"), "links_many"),
        (Limits(links_max=1), post(text="https://a.example https://b.example"), "links_many"),
        (Limits(link_hosts=("tea.example",)), post(text="https://badtea.example/x"), "link_missing"),
        (Limits(hashtags_max=1), post(text="#a #b"), "hashtags_many"),
        (Limits(hashtags_refused=True), post(text="#a"), "hashtags_refused"),
        (Limits(mentions_max=0), post(text="hi @a"), "mentions_many"),
        (Limits(image_ratio_min=0.75), post(images=(image(width=70, height=100),)), "image_ratio"),
        (Limits(image_ratio_max=1.91), post(images=(image(width=200, height=100),)), "image_ratio"),
        (Limits(image_width_min=11), post(images=(image(),)), "image_narrow"),
        (Limits(video_required=True, videos_max=1), post(), "video_missing"),
        (Limits(), post(video=video()), "videos_many"),
        (Limits(videos_max=1, video_types=("video/webm",)), post(video=video()), "video_type"),
        (Limits(videos_max=1, video_bytes_max=999), post(video=video()), "video_bytes"),
        (Limits(videos_max=1, video_seconds_max=42), post(video=video()), "video_long"),
        (Limits(videos_max=1, video_seconds_min=43), post(video=video()), "video_short"),
    ],
)
def test_each_limit_has_its_problem(limits, outgoing, code):
    assert codes(limits, outgoing) == [code]


@pytest.mark.parametrize(
    ("limits", "outgoing"),
    [
        (Limits(title_max=4), post(title="Four")),
        (Limits(text_max=4), post(text="Four")),
        (Limits(text_bytes_max=6), post(text="茶茶")),
        (Limits(images_max=1, images_min=1), post(images=(image(),))),
        (Limits(image_bytes_max=1000, image_pixels_max=100), post(images=(image(),))),
        (Limits(tags_max=2), post(tags=("a", "b"))),
        (Limits(links_max=1, link_hosts=("tea.example",)), post(text="https://www.tea.example/x")),
        (Limits(hashtags_max=1, mentions_max=1), post(text="#a @b")),
        (Limits(image_ratio_min=0.75, image_ratio_max=0.75), post(images=(image(width=749, height=1000),))),
        (Limits(image_width_min=10), post(images=(image(),))),
        (Limits(videos_max=1, video_bytes_max=1000, video_seconds_max=42.4), post(video=video())),
    ],
)
def test_exactly_at_the_limit_is_allowed(limits, outgoing):
    assert codes(limits, outgoing) == []


def test_text_is_counted_as_the_platform_counts():
    spec = replace(SPEC, count_text=lambda text: len(text.encode()))
    assert codes(Limits(text_max=5), post(text="茶茶"), spec) == ["text_long"]


def test_the_sentence_says_number_limit_and_what_to_do():
    found = problems(SPEC, Limits(text_max=300), post(text="x" * 1342))[0]
    assert found.text == "The text has 1,342 characters; Chirp allows 300. Cut 1,042."
    assert (found.value, found.limit, found.field, found.level) == (1342, 300, "body", "stop")


def test_the_picture_is_named_by_its_place():
    pictures = tuple(image(ref=str(n), size_bytes=12_600_000 if n == 4 else 10) for n in range(1, 5))
    found = problems(SPEC, Limits(image_bytes_max=10_000_000), post(images=pictures))
    assert [problem.text for problem in found] == [
        "Image 4 is 12.6 MB; Chirp allows 10 MB. Replace it with a smaller one."
    ]
    assert found[0].target == "4"


def test_missing_alternative_text_is_advice():
    assert [p.level for p in problems(SPEC, Limits(), post(images=(image(alt=""),)))] == ["warn"]


def test_a_picture_alone_is_something_to_send():
    assert codes(Limits(), post(text="", images=(image(),))) == []


def test_options_are_checked_against_their_fields():
    field = FormField("mode", "Mode", "choice", choices=(("a", "A"),))
    spec = replace(SPEC, option_fields=(field,))
    assert codes(Limits(), post(), spec) == ["option_missing"]
    assert codes(Limits(), post(options={"mode": "z"}), spec) == ["option_unknown"]
    assert codes(Limits(), post(options={"mode": "a"}), spec) == []


def test_sizes_are_written_for_people():
    assert [megabytes(n) for n in (12, 340_000, 10_000_000, 12_640_000)] == ["1 kB", "340 kB", "10 MB", "12.6 MB"]


def test_titles_are_counted_as_the_platform_counts():
    spec = replace(SPEC, count_title=wide_count)
    assert codes(Limits(title_max=2), post(title="abcd"), spec) == []
    assert codes(Limits(title_max=2), post(title="abcde"), spec) == ["title_long"]


def test_tags_that_the_platform_would_not_see_are_told():
    opened, closed = SPEC, replace(SPEC, tag_form="#%s#")
    for spec, text, key in ((opened, "#茶# 好", "open_tags"), (closed, "#茶 好", "close_tags")):
        (found,) = problems(spec, Limits(), post(text=text))
        assert (found.code, found.level, [fix.key for fix in found.fixes]) == ("tags_form", "warn", [key])
    assert codes(Limits(), post(text="#茶 好"), opened) == codes(Limits(), post(text="#茶# 好"), closed) == []


@pytest.mark.parametrize(
    ("limits", "outgoing", "fixes"),
    [
        (Limits(text_max=140), post(text="x" * 150), [("cut:body", "Cut to 140", "140")]),
        (Limits(title_max=3), post(title="Four"), [("cut:title", "Cut to 3", "3")]),
        (
            Limits(images_max=1),
            post(images=(image(ref="a"), image(ref="b"))),
            [("first_images", "Keep the first 1", "1"), ("grid", "Make one picture of the 2", "2")],
        ),
        (
            Limits(image_ratio_min=0.75),
            post(images=(image(width=70, height=100),)),
            [("crop:/w/a/assets/1/file", "Crop to 3:4", "3:4")],
        ),
        (
            Limits(image_bytes_max=999),
            post(images=(image(),)),
            [("shrink:/w/a/assets/1/file", "Shrink below 1 kB", "999")],
        ),
        (
            Limits(image_types=("image/jpeg",)),
            post(images=(image(),)),
            [("convert:/w/a/assets/1/file", "Convert to JPEG", "JPEG")],
        ),
        (Limits(links_max=0), post(text="https://a.example"), [("drop_links", "Take the links out", "0")]),
        (Limits(hashtags_max=1), post(text="#a #b"), [("drop_hashtags", "Keep the first 1", "1")]),
    ],
)
def test_the_alternative_of_the_platform_is_offered(limits, outgoing, fixes):
    (found,) = problems(SPEC, limits, outgoing)
    assert [(fix.key, fix.label, fix.value) for fix in found.fixes] == fixes


def test_shapes_and_lengths_are_written_for_people():
    assert [ratio_words(n) for n in (0.75, 16 / 9, 1, 1.91, 900 / 383)] == ["3:4", "16:9", "1:1", "1.91:1", "2.35:1"]
    assert [duration(n) for n in (0.4, 42, 900)] == ["0:00", "0:42", "15:00"]
