#!/usr/bin/env python
"""Run Django's commands for Mediaops."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediaops.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from mediaops.env import BadSetting

    try:
        settings.INSTALLED_APPS  # noqa: B018 (reads the environment now, so that a bad setting is one sentence)
    except BadSetting as error:
        sys.exit(f"mediaops: {error}")
    execute_from_command_line(sys.argv)
