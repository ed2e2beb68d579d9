"""Videos of the library: told by their bytes, read by a process of their own, sent instead of pictures."""

import hashlib
import io
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image

from content import videos
from content.actions import drafting, fitting, publishing
from content.actions.assets import add_asset, remove, where_used
from content.compose import compose
from content.digest import digest
from content.models import Asset
from content.videos import VideoRefused, type_of
from platforms.connectors import CONNECTORS
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import NOTE, Chirp, make_asset, make_video, open_platforms, picture, shown, video
from tests.builders_publishing import NOW, make_ready


class Clip(Chirp):
    spec = replace(NOTE, key="clip", limits=replace(NOTE.limits, videos_max=1))


@pytest.fixture(autouse=True)
def _platforms(monkeypatch):
    open_platforms(monkeypatch)
    monkeypatch.setitem(CONNECTORS, "clip", Clip)


@pytest.fixture
def clip(workspace):
    return make_account(workspace, platform="clip")


def add(data, by, name="clip.mp4"):
    return add_asset(io.BytesIO(data), name, by=by, now=NOW)


@pytest.mark.parametrize(
    ("kind", "codec", "mime"),
    [
        ("mp4", "mpeg4", "video/mp4"),
        ("mov", "mpeg4", "video/quicktime"),
        ("webm", "libvpx", "video/webm"),
        ("matroska", "mpeg4", "video/x-matroska"),
    ],
)
def test_a_video_is_known_by_its_bytes(editor, kind, codec, mime):
    data = video(2.0, kind=kind, codec=codec)
    asset = add(data, editor, "whatever.exe").asset
    assert (asset.kind, asset.mime, asset.width, asset.height) == ("video", mime, 64, 48)
    assert asset.seconds == pytest.approx(2.0, abs=0.2)
    assert asset.sha256 == hashlib.sha256(data).hexdigest()
    assert asset.name == f"whatever.{videos.KINDS[mime]}"
    with asset.file.storage.open(asset.thumbnail.name) as stored:
        assert Image.open(stored).format == "WEBP"


def test_a_large_upload_is_taken_from_where_it_lies(editor):
    data = video(1.0)
    upload = TemporaryUploadedFile("clip.mp4", "video/mp4", len(data), None)
    upload.write(data)
    upload.seek(0)
    asset = add_asset(upload, "clip.mp4", by=editor, now=NOW).asset
    with asset.file.storage.open(asset.file.name) as stored:
        assert stored.read() == data


def test_the_same_video_is_kept_once(editor):
    data = video(0.5)
    first, second = add(data, editor), add(data, editor)
    assert (second.asset, second.is_duplicate) == (first.asset, True)
    assert Asset.objects.videos().count() == 1


@pytest.mark.parametrize(
    "data",
    [b"\x00\x00\x00\x20ftypisom" + b"\x00" * 5000, b"\x1aE\xdf\xa3" + b"\xff" * 5000, b"\x00\x00\x00\x08moov" * 99],
)
def test_what_only_looks_like_a_video_is_refused(editor, data):
    with pytest.raises(VideoRefused, match="damaged"):
        add(data, editor)
    assert not Asset.objects.exists()


def test_a_cut_off_video_is_refused(editor):
    with pytest.raises(VideoRefused, match="damaged"):
        add(video(1.0)[:900], editor)


def test_a_program_is_no_video_whatever_its_name(editor, client_of, workspace):
    upload = SimpleUploadedFile("clip.mp4", b"MZ" + b"\x00" * 500, "video/mp4")
    answer = client_of(editor).post(
        f"/w/{workspace.slug}/assets/upload", {"file": upload}, HTTP_ACCEPT="application/json"
    )
    assert answer.status_code == 422
    assert "program" in answer.json()["problem"]


def test_a_still_of_an_iphone_is_no_video():
    assert type_of(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20) == ""
    assert type_of(picture()) == ""


def test_a_video_over_the_limit_is_refused_with_both_sizes(editor, settings):
    settings.VIDEO_MAX_BYTES = 1000
    with pytest.raises(VideoRefused, match="takes up to"):
        add(video(1.0), editor)


def test_a_player_may_jump(workspace, editor, client_of):
    asset = make_video(workspace, data=b"0123456789")
    client, address = client_of(editor), f"/w/{workspace.slug}/assets/{asset.pk}/file"
    whole = client.get(address)
    assert (whole.status_code, whole.headers["Accept-Ranges"], whole.headers["Content-Length"]) == (
        200,
        "bytes",
        "10",
    )
    part = client.get(address, headers={"range": "bytes=2-4"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"234")
    assert part.headers["Content-Range"] == "bytes 2-4/10"
    assert b"".join(client.get(address, headers={"range": "bytes=7-"}).streaming_content) == b"789"
    assert b"".join(client.get(address, headers={"range": "bytes=-2"}).streaming_content) == b"89"
    beyond = client.get(address, headers={"range": "bytes=10-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */10")
    for odd in ("bytes=1-2,4-5", "bytes=-", "lines=1-2", "bytes=4-2x"):
        assert client.get(address, headers={"range": odd}).status_code == 200
    assert client.get(address, headers={"range": "bytes=5-2"}).status_code == 416


def test_the_video_of_the_piece_goes_out_where_videos_are_taken(workspace, editor, clip):
    film, still = make_video(workspace), make_asset(workspace)
    item = make_item(workspace, title="Tea", video=film, body=shown(still), cover=still)
    post = compose(make_variant(item, clip))
    assert (post.video.name, post.video.seconds, post.images) == (film.name, 7.0, ())
    assert post.cover.name == still.name
    with post.video.open() as opened:
        assert len(opened.read()) == film.size_bytes
    plain = compose(make_variant(item, make_account(workspace, platform="chirp")))
    assert (plain.video, len(plain.images)) == (None, 1)


def test_own_pictures_stand_against_the_video_of_the_piece(workspace, editor, clip):
    item = make_item(workspace, title="Tea", video=make_video(workspace))
    variant = make_variant(item, clip)
    still, film = make_asset(workspace), make_video(workspace)
    variant = fitting.save_variant(
        variant, {"own_images": True, "images": [still]}, revision=variant.revision, by=editor, now=NOW
    )
    assert (compose(variant).video, len(compose(variant).images)) == (None, 1)
    variant = fitting.save_variant(variant, {"video": film}, revision=variant.revision, by=editor, now=NOW)
    assert compose(variant).video.name == film.name


def test_another_video_is_another_text_to_approve(workspace, editor, clip):
    film = make_video(workspace)
    item = make_item(workspace, title="Tea")
    variant = make_variant(item, clip)
    before = digest(item)
    item = drafting.save_item(item, {"video": film}, revision=item.revision, by=editor, now=NOW)
    first = digest(item)
    fitting.save_variant(variant, {"video": make_video(workspace)}, revision=variant.revision, by=editor, now=NOW)
    assert len({before, first, digest(item)}) == 3
    assert list(where_used(film)) == [item]
    remove(film, by=editor, now=NOW, even_if_used=True)
    assert compose(variant.__class__.objects.get(pk=variant.pk)).video is not None, "the account has its own"


def test_the_attempt_names_the_video(workspace, clip):
    film = make_video(workspace)
    row = make_ready(clip)
    row.variant.video = film
    sent = publishing.as_sent(row, compose(row.variant))
    assert sent["video"] == {"name": film.name, "sha256": film.sha256, "seconds": 7.0}


def test_a_version_brings_its_video_back(workspace, editor):
    film = make_video(workspace)
    item = make_item(workspace, title="Tea", video=film)
    item = drafting.save_item(item, {"video": None, "title": "Other"}, revision=item.revision, by=editor, now=NOW)
    version = item.versions.get()
    assert version.video == film
    assert drafting.restore(version, by=editor, now=NOW).video == film


def test_library_and_picker_tell_videos_from_pictures(workspace, editor, client_of):
    film, still = make_video(workspace), make_asset(workspace)
    client, at = client_of(editor), f"/w/{workspace.slug}/assets/"
    page = client.get(at).content.decode()
    assert film.name in page
    assert still.name in page
    assert "0:07" in page
    assert still.name not in client.get(f"{at}?kind=video").content.decode()
    picker = client.get(f"{at}pick?purpose=cover").content.decode()
    assert film.name not in picker
    assert film.name in client.get(f"{at}pick?purpose=video&kind=video").content.decode()
    assert "<video" in client.get(film.get_absolute_url()).content.decode()


def test_the_editor_keeps_a_video_and_no_picture_in_its_place(workspace, editor, client_of):
    film, still = make_video(workspace), make_asset(workspace)
    item = make_item(workspace, title="Tea")
    address = f"/w/{workspace.slug}/items/{item.pk}/save/"
    words = {"title": "Tea", "revision": item.revision, "video": still.pk}
    answer = client_of(editor).post(address, words, HTTP_ACCEPT="application/json")
    assert answer.status_code == 422
    answer = client_of(editor).post(address, words | {"video": film.pk}, HTTP_ACCEPT="application/json")
    assert answer.status_code == 200
    item.refresh_from_db()
    assert item.video == film


def test_an_account_gets_a_video_of_its_own_on_its_page(workspace, editor, client_of, clip):
    film = make_video(workspace)
    variant = make_variant(make_item(workspace, title="Tea"), clip)
    client = client_of(editor)
    assert 'id="variant-video"' in client.get(variant.get_absolute_url()).content.decode()
    save = f"{variant.get_absolute_url()}save"
    client.post(save, {"title": "", "revision": variant.revision, "video": film.pk})
    variant.refresh_from_db()
    assert variant.video == film
    client.post(save, {"title": "", "revision": variant.revision, "video": film.pk, "video_out": "1"})
    variant.refresh_from_db()
    assert variant.video is None


def test_rest_takes_and_gives_videos(workspace, editor, api_of, clip):
    api = api_of(editor)
    upload = SimpleUploadedFile("clip.mp4", video(1.0), "video/mp4")
    made = api.post("/api/v1/media/", {"file": upload}, format="multipart")
    assert (made.status_code, made.data["kind"], made.data["mime"]) == (201, "video", "video/mp4")
    assert made.data["seconds"] == pytest.approx(1.0, abs=0.2)
    assert [row["id"] for row in api.get("/api/v1/media/?kind=video").data["results"]] == [made.data["id"]]
    assert api.get("/api/v1/media/?kind=image").data["results"] == []
    part = api.get(f"/api/v1/media/{made.data['id']}/file/", headers={"range": "bytes=0-3"})
    assert part.status_code == 206
    item = api.post("/api/v1/items/", {"title": "Tea", "video": made.data["id"]}, format="json")
    assert item.data["video"] == made.data["id"]
    other = api.post("/api/v1/items/", {"title": "Tea", "video": make_asset(workspace).pk}, format="json")
    assert other.status_code == 400
    fitted = api.post(
        f"/api/v1/items/{item.data['id']}/variants/", {"account": clip.pk, "video": made.data["id"]}, format="json"
    )
    assert fitted.data["video"] == made.data["id"]
