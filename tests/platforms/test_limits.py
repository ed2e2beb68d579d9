from dataclasses import replace

import pytest
from django.utils import translation

from platforms.connectors.base import FormField, Limits, OutgoingImage, OutgoingPost, PlatformSpec
from platforms.limits import megabytes, problems

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
