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
        "problems": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": True},
            "description": "Where something cannot be planned: each reason, with its account.",
        },
        "theirs": {
            "type": "object",
            "additionalProperties": True,
            "description": "With edited_meanwhile: the row as somebody else saved it.",
        },
    },
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key gets the same answer for 24 hours; the work is done once.",
}
LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "schema": {"type": "string", "enum": ["en", "zh-hans"]},
    "description": "The language of sentences; without it the member's own.",
}
IDS = (
    "Ids are opaque: compare them, keep them, never compute with them. Times are ISO 8601 with a zone; days are of "
    "the workspace's zone. Amounts are decimals in strings. Null is unknown, 0 is zero."
)
VERBS = {"get", "post", "put", "patch", "delete"}


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "mediaops.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Say of every operation that it may answer with a problem, and of every POST that it honours a key."""
    result["info"]["description"] = f"{result['info'].get('description', '')}\n\n{IDS}".strip()
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for name, shape in result["components"]["schemas"].items():
        if name.startswith("Patched") and "revision" in shape.get("properties", {}):
            shape["required"] = ["revision"]  # of a change everything may be left out but this
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for operations in result.get("paths", {}).values():
        for verb, operation in operations.items():
            if verb not in VERBS:
                continue
            said = {"description": "A problem", "content": {"application/problem+json": reference}}
            operation["responses"].setdefault("default", said)
            operation.setdefault("parameters", []).append(LANGUAGE)
            if verb == "post":
                operation["parameters"].append(KEY)
    return result
