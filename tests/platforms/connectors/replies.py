"""Read the saved replies of tests/fixtures."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "fixtures"


def reply(platform, name):
    return json.loads((FOLDER / platform / f"{name}.json").read_text(encoding="utf-8"))
