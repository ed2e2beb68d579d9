"""Contrast by computation, in both themes: text 4.5:1, icons, fields and chart series 3:1 (WCAG 2.2)."""

import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
PAIRS = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", TOKENS))
SURFACES = ["paper", "surface", "raised", "sunken", "pressed"]
STATES = ["planned", "moving", "live", "failed", "unsure", "hand"]
SERIES = [f"chart-{number}" for number in range(1, 7)]
THEMES = {"light": 0, "dark": 1}

TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in SURFACES],
    *[("accent-text", ground) for ground in ("paper", "surface", "raised", "sunken", "accent-soft")],
    *[("accent-on", "accent"), ("accent-on", "accent-hover"), ("ink", "accent-soft")],
    *[(f"state-{state}-ink", f"state-{state}-soft") for state in STATES],
    *[(f"state-{state}-ink", ground) for state in STATES for ground in ("paper", "surface", "raised", "sunken")],
    ("chart-label", "surface"),
]
SHAPES = [
    *[(f"state-{state}", ground) for state in STATES for ground in ("paper", "surface", "raised", "sunken")],
    *[(f"state-{state}", f"state-{state}-soft") for state in STATES],
    *[(series, "surface") for series in [*SERIES, "chart-before"]],
    *[("line-control", "surface"), ("line-control", "raised"), ("line-control", "paper")],
    *[("accent-text", ground) for ground in SURFACES],
]


def colour(name, theme):
    return PAIRS[name].split(", ")[THEMES[theme]]


def channels(hex_colour):
    return [int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def linear(channel):
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def luminance(linear_rgb):
    return sum(share * channel for share, channel in zip((0.2126, 0.7152, 0.0722), linear_rgb, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def of_hex(hex_colour):
    return [linear(channel) for channel in channels(hex_colour)]


def of_oklch(lightness, chroma, hue):
    """Linear sRGB of an oklch colour (Ottosson 2020), clipped into the gamut."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return [min(max(channel, 0), 1) for channel in rgb]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_words_can_be_read(ink, ground, theme):
    assert contrast(of_hex(colour(ink, theme)), of_hex(colour(ground, theme))) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_icons_fields_and_series_can_be_seen(shape, ground, theme):
    assert contrast(of_hex(colour(shape, theme)), of_hex(colour(ground, theme))) >= 3


def test_letters_of_platforms_can_be_read():
    fills = [
        [tuple(map(float, pair)) for pair in re.findall(r"oklch\(([\d.]+) ([\d.]+)", line)]
        for line in re.findall(r"--mark-(?:fill|ink): light-dark\((.*)\);", TOKENS)
        if "oklch" in line
    ]
    hues = [float(hue) for hue in re.findall(r"--mark-hue: (\d+)", TOKENS)]
    assert len(hues) == 10
    for fill, ink in zip(*fills, strict=True):
        assert min(contrast(of_oklch(*fill, hue), of_oklch(*ink, hue)) for hue in hues) >= 4.5


def test_raw_colours_live_in_one_file():
    raw = re.compile(r"#[0-9a-f]{3,8}\b(?=[;,)\s])|\brgba?\(|\boklch\(", re.IGNORECASE)
    found = [
        f"{file.name}: {line.strip()}"
        for file in sorted(CSS.glob("*.css"))
        if file.name != "tokens.css"
        for line in file.read_text(encoding="utf-8").splitlines()
        if raw.search(line.split("/*")[0])
    ]
    assert found == []
