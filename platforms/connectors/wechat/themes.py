"""How an article looks: inline styles by tag, as the platform drops style sheets.

Styles are kept short, since every letter of them may count towards the limit of the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Theme:
    """Styles by the part they are for; a part without one gets none."""

    label: object
    styles: Mapping[str, str]


def _theme(label: object, ink: str, accent: str, ground: str, line: str, **own: str) -> Theme:
    """Return a theme made of four colours; `own` replaces single parts."""
    return Theme(
        label,
        {
            "body": f"color:{ink};font-size:16px;line-height:1.75;word-break:break-word",
            "p": "margin:0 0 20px",
            "inner": "margin:0 0 6px",
            "h2": f"margin:36px 0 16px;font-size:20px;line-height:1.4;font-weight:bold;color:{accent}",
            "h3": "margin:28px 0 12px;font-size:18px;line-height:1.4;font-weight:bold",
            "h4": "margin:24px 0 8px;font-size:16px;font-weight:bold",
            "blockquote": f"margin:0 0 20px;padding:12px 16px;border-left:3px solid {accent};background:{ground}",
            "list": "margin:0 0 20px;padding-left:24px",
            "li": "margin:0 0 6px",
            "strong": f"color:{accent}",
            "link": f"color:{accent};text-decoration:underline",
            "mark": f"color:{accent};font-size:12px",
            "code": f"padding:1px 4px;background:{ground};border-radius:3px;font-size:14px;font-family:monospace",
            "pre": f"margin:0 0 20px;padding:14px;background:{ground};border-radius:4px;font-size:13px;"
            "line-height:1.6;overflow-x:auto;font-family:monospace",
            "hr": f"margin:28px 0;border:0;border-top:1px solid {line}",
            "table": "border-collapse:collapse;font-size:14px;min-width:100%",
            "scroll": "margin:0 0 20px;overflow-x:auto",
            "th": f"padding:8px 10px;border:1px solid {line};background:{ground};text-align:left",
            "td": f"padding:8px 10px;border:1px solid {line}",
            "figure": "margin:0 0 20px;text-align:center",
            "img": "max-width:100%;vertical-align:top",
            "caption": "margin:8px 0 0;font-size:13px;line-height:1.5;color:#767676",
            "notes": f"margin:36px 0 8px;padding-top:12px;border-top:1px solid {line};font-size:14px",
            "note": "margin:0 0 4px;font-size:13px;line-height:1.6;color:#767676;word-break:break-all",
            **own,
        },
    )


THEMES: dict[str, Theme] = {
    "plain": _theme(_("Plain"), "#222", "#222", "#f6f6f6", "#ddd"),
    "leaf": _theme(
        _("Leaf"), "#2b2f2b", "#1f7a4d", "#f1f7f3", "#cfe0d6",
        h2="margin:36px 0 16px;padding-bottom:6px;border-bottom:2px solid #1f7a4d;font-size:20px;"
        "line-height:1.4;font-weight:bold;color:#1f7a4d",
    ),
    "ink": _theme(
        _("Ink"), "#1d2433", "#24508f", "#f2f5fa", "#cdd7e6",
        h2="margin:36px 0 16px;padding-left:10px;border-left:4px solid #24508f;font-size:20px;"
        "line-height:1.4;font-weight:bold;color:#24508f",
    ),
    "warm": _theme(
        _("Warm"), "#3a302a", "#b4531c", "#fdf5ee", "#ecd8c8",
        h2="margin:40px 0 20px;font-size:20px;line-height:1.4;font-weight:bold;color:#b4531c;text-align:center",
    ),
}  # fmt: skip
DEFAULT = "plain"
