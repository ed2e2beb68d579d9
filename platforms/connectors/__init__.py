"""Every platform the product knows: one line each.

A connector class is built as `Class(account: AccountRef, secret: Mapping[str, str], http: Http)`
and carries its facts as the class attribute `spec`.
"""

from typing import Any

CONNECTORS: dict[str, Any] = {}
