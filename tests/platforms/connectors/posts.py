"""Posts and pictures to publish in connector tests."""

import io
import secrets

from PIL import Image

from platforms.connectors.outgoing import OutgoingImage, OutgoingPost


def make_image(ref="/media/1", *, color=(30, 120, 60), size=(640, 400), alt="一片茶园", kind="PNG", noise=False):
    picture = Image.effect_noise(size, 90).convert("RGB") if noise else Image.new("RGB", size, color)
    written = io.BytesIO()
    picture.save(written, kind)
    content = written.getvalue()
    mime = {"PNG": "image/png", "JPEG": "image/jpeg"}[kind]
    return OutgoingImage(ref, "茶园 tea garden.png", mime, len(content), *size, alt, lambda: content)


def make_outgoing(**fields):
    picture = make_image()
    told = {
        "key": secrets.token_hex(16),
        "title": "春茶上市 & more 🍵",
        "summary": "一句话摘要",
        "text": "春茶上市 🍵 见https://lanxu.example/tea?x=1。#春茶",
        "html": f'<p>你好 &amp; 世界 🍵</p><figure><img src="{picture.ref}" alt="一片茶园"></figure><p>完</p>',
        "images": (picture,),
        "tags": ("春茶",),
        "language": "zh-hans",
    }
    return OutgoingPost(**told | fields)
