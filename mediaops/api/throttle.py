"""How often one token may ask."""

import logging
from typing import Any

from rest_framework.throttling import SimpleRateThrottle

log = logging.getLogger(__name__)


class TokenThrottle(SimpleRateThrottle):
    """`API_RATE` requests per token; without a token per address. Open when the cache does not answer."""

    scope = "token"

    def allow_request(self, request: Any, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except OSError as error:
            log.warning("requests are not counted: %s", type(error).__name__)
        except Exception as error:  # the cache driver's own family of errors
            if type(error).__module__.partition(".")[0] != "redis":
                raise
            log.warning("requests are not counted: %s", type(error).__name__)
        return True

    def get_cache_key(self, request: Any, view: Any) -> str:
        who = f"token-{request.auth.token.pk}" if request.auth else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}
