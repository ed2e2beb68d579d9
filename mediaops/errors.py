"""Errors that a person can mend. Their text is shown as it is."""

from http import HTTPStatus


class UserError(Exception):
    """The person can fix it; `str(error)` is a full, translated sentence."""

    status: int = HTTPStatus.BAD_REQUEST
    code = "invalid"

    def __init__(self, sentence: object, *, fields: dict[str, list[str]] | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.fields = fields or {}


class WrongState(UserError):
    """The row is not in a state from which this can be done."""

    status = HTTPStatus.CONFLICT
    code = "wrong_state"


class NotAllowed(UserError):
    """The member's role does not include this."""

    status = HTTPStatus.FORBIDDEN
    code = "not_allowed"
