import io
import struct
import zlib
from datetime import UTC, datetime

import httpx
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from PIL import Image

from content.actions import assets
from content.models import Asset
from content.models.variant import VariantImage
from content.pictures import MAX_BYTES, PictureRefused, read_picture
from mediaops.models import Activity
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import make_asset, open_platforms, picture, shown

NOW = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SENTENCES = {
    "program": (b"MZ\x90\x00" + b"\0" * 200, "This is a program, not a picture"),
    "elf": (b"\x7fELF" + b"\0" * 200, "This is a program, not a picture"),
    "svg": (SVG, "SVG files can carry scripts"),
    "bare svg": (b"  <svg onload=alert(1)></svg>", "SVG files can carry scripts"),
    "html": (b"<!doctype html><script>alert(1)</script>", "This is not a picture that the library takes"),
    "pdf": (b"%PDF-1.7 " + b"x" * 100, "This is not a picture that the library takes"),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 60, "This is a HEIC photo"),
    "empty": (b"", "The file is empty."),
    "cut": (picture(400, 400, kind="JPEG")[:700], "The file is damaged"),
}


@pytest.fixture(autouse=True)
def _house(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    open_platforms(monkeypatch)
    with translation.override("en"):
        yield


def png_header(width, height):
    """A PNG that claims a size and holds nothing: cheap to make, dear to decode."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def photo(*, orientation=1, size=(60, 40), kind="JPEG"):
    """A picture as a phone makes it: with place, device and the way it was held."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "PhoneMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 14.0, 5.0), 3: "E", 4: (120.0, 9.0, 1.0)})
    return picture(*size, kind=kind, exif=exif.tobytes())


def add(data, member, name="tea.png"):
    return assets.add_asset(io.BytesIO(data), name, by=member, now=NOW)


@pytest.mark.parametrize(("data", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_what_is_no_picture_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(PictureRefused, match=sentence):
        read_picture(data)


@pytest.mark.parametrize("size", [(8000, 5000), (30000, 30000), (25_000_000, 1)])
def test_too_many_pixels_are_refused_before_decoding(size):
    with pytest.raises(PictureRefused, match="too many pixels|no side may be longer"):
        read_picture(png_header(*size))


def test_a_40_megapixel_photo_is_refused_with_its_size(db):
    out = io.BytesIO()
    Image.new("L", (8000, 5000)).save(out, "JPEG")
    with pytest.raises(PictureRefused, match=r"8000 × 5000, 40 million.*up to 25 million"):
        read_picture(out.getvalue())


def test_too_many_bytes_are_refused():
    with pytest.raises(PictureRefused, match="The file is 20 MB|The file is 20.0 MB"):
        read_picture(b"\xff" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp")]
)
def test_the_type_is_told_by_the_bytes(kind, mime):
    read = read_picture(picture(900, 300, kind=kind))
    thumbnail = Image.open(io.BytesIO(read.thumbnail))
    assert (read.mime, read.width, read.height) == (mime, 900, 300)
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (480, 160))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_device_are_taken_out(kind):
    read = read_picture(photo(kind=kind))
    assert b"PhoneMaker" not in read.data
    assert not Image.open(io.BytesIO(read.data)).getexif()


def test_a_jpeg_without_turn_keeps_its_pixels():
    data = photo()
    before, after = (Image.open(io.BytesIO(d)).tobytes() for d in (data, read_picture(data).data))
    assert before == after


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_on_its_side_is_turned_up(kind):
    read = read_picture(photo(orientation=6, kind=kind))
    assert (read.width, read.height) == (40, 60)
    assert Image.open(io.BytesIO(read.data)).size == (40, 60)
    assert b"PhoneMaker" not in read.data


def test_what_follows_the_end_of_a_png_is_cut_off():
    assert b"<script" not in read_picture(picture() + b"<script>alert(1)</script>").data


def test_what_a_phone_hangs_behind_a_jpeg_is_cut_off():
    first, second = picture(kind="JPEG"), photo()
    read = read_picture(first + second)
    assert b"PhoneMaker" not in read.data
    assert len(read.data) <= len(first)
    assert Image.open(io.BytesIO(read.data)).tobytes() == Image.open(io.BytesIO(first)).tobytes()


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_passes_through_whole(progressive):
    out = io.BytesIO()
    noise = Image.effect_noise((300, 200), 80).convert("RGB")
    noise.save(out, "JPEG", quality=95, progressive=progressive, icc_profile=b"profile" * 9000)
    read = Image.open(io.BytesIO(read_picture(out.getvalue()).data))
    assert read.tobytes() == Image.open(out).tobytes()
    assert read.info["icc_profile"] == b"profile" * 9000


def test_animation_survives():
    frames = [Image.new("RGB", (20, 20), (n * 90, 0, 0)) for n in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert Image.open(io.BytesIO(read_picture(out.getvalue()).data)).n_frames == 3


def test_an_added_picture_is_stored_under_a_name_nobody_can_guess(editor):
    asset = add(picture(kind="JPEG"), editor, "../../etc/cat photo.PNG").asset
    assert asset.name == "cat photo.jpg"
    assert asset.file.name.startswith(f"{editor.workspace_id}/assets/")
    assert "cat" not in asset.file.name
    assert len(asset.file.name.split("/")[-1]) > 30
    assert default_storage.exists(asset.thumbnail.name)
    assert Activity.objects.get(verb="asset.added").member == editor


def test_the_same_picture_is_kept_once(editor):
    data = photo(orientation=6)
    first, second = add(data, editor), add(data, editor, "other.png")
    assert (first.is_duplicate, second.is_duplicate) == (False, True)
    assert first.asset == second.asset
    assert Asset.objects.count() == 1


def test_another_workspace_keeps_its_own(editor, stranger):
    data = picture()
    assert add(data, editor).asset != add(data, stranger).asset


def test_a_removed_picture_comes_back_by_uploading_it(editor):
    data = picture()
    asset = add(data, editor).asset
    assets.remove(asset, by=editor, now=NOW)
    assert add(data, editor).asset == asset
    asset.refresh_from_db()
    assert asset.removed_at is None


def test_a_used_picture_is_not_removed_without_being_told(editor, workspace):
    cover, inside, picked = (make_asset(workspace) for _ in range(3))
    item = make_item(workspace, title="Shows them", cover=cover, body=shown(inside))
    variant = make_variant(item, make_account(workspace, platform="chirp"), own_images=True)
    VariantImage.objects.create(variant=variant, asset=picked, place=0)
    for asset in (cover, inside, picked):
        with pytest.raises(assets.StillUsed, match="is shown in 1 piece") as told:
            assets.remove(asset, by=editor, now=NOW)
        assert told.value.items == [item]
        assets.remove(asset, by=editor, now=NOW, even_if_used=True)
    assert Asset.objects.filter(removed_at=None).count() == 0


def test_keep_use_follows_what_is_shown(workspace):
    a, b = make_asset(workspace), make_asset(workspace)
    item = make_item(workspace, body=shown(a))
    make_variant(item, make_account(workspace, platform="paper"), body=shown(b))
    assets.keep_use(item)
    assert set(item.assets.all()) == {a, b}


def fetch(editor, answer):
    client = httpx.Client(transport=httpx.MockTransport(answer))
    return assets.fetch_asset("https://pics.example/a%20cup.png?x=1", by=editor, now=NOW, http=client)


def test_a_picture_is_fetched_by_its_address(editor):
    data = picture()
    assert fetch(editor, lambda request: httpx.Response(200, content=data)).asset.name == "a cup.png"


def test_a_fetch_that_fails_says_so(editor):
    def hang(request):
        raise httpx.ReadTimeout("slow")

    with pytest.raises(PictureRefused, match="answered 404"):
        fetch(editor, lambda request: httpx.Response(404))
    with pytest.raises(PictureRefused, match="larger than 20 MB"):
        fetch(editor, lambda request: httpx.Response(200, content=b"x" * (MAX_BYTES + 1)))
    with pytest.raises(PictureRefused, match="not a picture"):
        fetch(editor, lambda request: httpx.Response(200, content=b"<html>Sign in</html>"))
    with pytest.raises(PictureRefused, match="did not answer in time"):
        fetch(editor, hang)


def test_private_addresses_are_not_fetched(editor, settings):
    settings.ALLOW_LOCAL_SERVERS = False
    settings.SITE_URL = "https://ours.example"
    with pytest.raises(Exception, match="not a public address"):
        assets.fetch_asset("http://127.0.0.1:9/a.png", by=editor, now=NOW)


def at(name, workspace, *args):
    return reverse(f"content:{name}", args=[workspace.slug, *args])


def upload(client, workspace, data, name="tea.png", **headers):
    file = SimpleUploadedFile(name, data, content_type="image/png")
    return client.post(at("asset-upload", workspace), {"file": file}, **headers)


JSON = {"HTTP_ACCEPT": "application/json"}


def test_the_editor_gets_json(client_of, editor, workspace):
    data, client = picture(50, 20), client_of(editor)
    told = upload(client, workspace, data, **JSON).json()
    assert (told["name"], told["width"], told["height"], told["alt"], told["duplicate"]) == (
        "tea.png",
        50,
        20,
        "",
        False,
    )
    assert told["url"] == f"/w/{workspace.slug}/assets/{told['id']}/file"
    assert upload(client, workspace, data, **JSON).json()["duplicate"] is True


def test_a_refused_file_is_told_in_a_sentence_and_nothing_is_kept(client_of, editor, workspace):
    answer = upload(client_of(editor), workspace, b"MZ\x90" + b"\0" * 99, "holiday.png", **JSON)
    assert answer.status_code == 422
    assert answer.json()["problem"].startswith("This is a program, not a picture")
    assert not Asset.objects.exists()
    assert not default_storage.exists(str(workspace.pk))


def test_several_files_at_once_keep_the_good_ones(client_of, editor, workspace):
    files = [
        SimpleUploadedFile("a.png", picture()),
        SimpleUploadedFile("b.svg", SVG),
        SimpleUploadedFile("c.png", picture()),
    ]
    answer = client_of(editor).post(at("asset-upload", workspace), {"file": files})
    assert answer.status_code == 422
    assert "b.svg: SVG files can carry scripts" in answer.content.decode()
    assert Asset.objects.count() == 2


def test_a_file_is_served_as_exactly_what_it_is(client_of, viewer, workspace):
    data = picture()
    asset = make_asset(workspace, data=data)
    answer = client_of(viewer).get(at("asset-file", workspace, asset.pk))
    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["asset-file", "asset-thumb", "asset", "asset-edit"])
def test_another_teams_picture_is_not_there(client_of, owner, workspace, other_workspace, name):
    asset = make_asset(other_workspace)
    assert client_of(owner).get(at(name, workspace, asset.pk)).status_code == 404


def test_a_stranger_sees_nothing(client_of, stranger, workspace):
    assert client_of(stranger).get(at("assets", workspace)).status_code == 404
    assert client_of(stranger).get(at("asset-file", workspace, make_asset(workspace).pk)).status_code == 404


def test_a_viewer_sees_but_does_not_upload(client_of, viewer, workspace):
    client = client_of(viewer)
    assert client.get(at("assets", workspace)).status_code == 200
    assert upload(client, workspace, picture(), **JSON).status_code == 403


def test_the_library_finds_by_name_and_by_missing_words(client_of, editor, workspace):
    make_asset(workspace, name="harvest.png")
    make_asset(workspace, name="shop.png", alt_text="")
    client = client_of(editor)
    found = client.get(at("assets", workspace), {"q": "harv"}).content.decode()
    assert "harvest.png" in found
    assert "shop.png" not in found
    missing = client.get(at("assets", workspace), {"alt": "missing"}).content.decode()
    assert "harvest.png" not in missing
    assert "shop.png" in missing


def test_the_library_asks_the_database_little(client_of, editor, workspace, django_assert_max_num_queries):
    for _ in range(30):
        make_asset(workspace)
    client = client_of(editor)
    with django_assert_max_num_queries(12):
        client.get(at("assets", workspace))


def test_a_picture_is_described_on_its_page(client_of, editor, workspace):
    asset = make_asset(workspace)
    client_of(editor).post(at("asset-edit", workspace, asset.pk), {"name": "tea.png", "alt_text": "A cup of tea"})
    asset.refresh_from_db()
    assert (asset.name, asset.alt_text) == ("tea.png", "A cup of tea")


def test_removing_a_used_picture_needs_the_word_anyway(client_of, editor, workspace):
    asset = make_asset(workspace)
    make_item(workspace, cover=asset)
    client, address = client_of(editor), at("asset-remove", workspace, asset.pk)
    answer = client.post(address)
    assert answer.status_code == 409
    assert "is shown in 1 piece" in answer.content.decode()
    assert client.post(address, {"anyway": "1"}).status_code == 302
    asset.refresh_from_db()
    assert asset.removed_at is not None


def test_the_picker_is_a_part(client_of, editor, workspace):
    make_asset(workspace, name="one.png")
    shown_part = client_of(editor).get(at("asset-pick", workspace), {"purpose": "cover"}).content.decode()
    assert 'data-purpose="cover"' in shown_part
    assert "one.png" in shown_part
    assert "<html" not in shown_part
