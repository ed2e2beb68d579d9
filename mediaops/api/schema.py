"""What the OpenAPI document says beside what the views say."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what is wrong, as a sentence and by field.",
    "required": ["type", "title", "status", "code", "detail", "fields"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs: wrong_state, not_allowed, invalid, …"},
        "detail": {"type": "string", "description": "A sentence for people, in the language of Accept-Language."},
        "fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key gets the same answer for 24 hours; the work is done once.",
}
VERBS = {"get", "post", "put", "patch", "delete"}


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "mediaops.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Say of every operation that it may answer with a problem, and of every POST that it honours a key."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for operations in result.get("paths", {}).values():
        for verb, operation in operations.items():
            if verb not in VERBS:
                continue
            said = {"description": "A problem", "content": {"application/problem+json": reference}}
            operation["responses"].setdefault("default", said)
            if verb == "post":
                operation.setdefault("parameters", []).append(KEY)
    return result
