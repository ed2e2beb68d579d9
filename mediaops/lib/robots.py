"""Tell people from machines by what they call themselves. Good enough for counting, not for safety."""

import re

_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|fetch|scan|monitor|curl|wget|python|httpx|go-http|java/|okhttp"
    r"|headless|lighthouse|facebookexternalhit|embedly|whatsapp|telegram|discord|slack",
    re.IGNORECASE,
)


def is_robot(agent: str) -> bool:
    """Say whether a User-Agent is a machine's; an empty one is."""
    return not agent or _ROBOTS.search(agent) is not None
