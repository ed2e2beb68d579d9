"""What can go wrong at a platform, told by one question: was anything written there?"""


class ConnectorError(Exception):
    """The platform, or the way to it, failed. The text is recorded on the row and holds no secret.

    `raw` keeps the platform's own words (status, code, body), cut and redacted, for the page of the
    publication; it is never shown as the main sentence.
    """

    def __init__(self, sentence: object, *, raw: str = "") -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.raw = raw


class NothingSent(ConnectorError):
    """Surely nothing was written: DNS, refused connection, 429, "busy". Safe to try again.

    `wait_s` is how long the platform asked us to wait (seconds), None when it did not say.
    """

    def __init__(self, sentence: object, *, wait_s: float | None = None, raw: str = "") -> None:
        super().__init__(sentence, raw=raw)
        self.wait_s = wait_s


class Refused(ConnectorError):
    """The platform said no and will say no again: 4xx, an error code in a 200, text too long."""


class NeedsReconnect(ConnectorError):
    """The sign-in is dead; a person must connect the account again."""


class OutcomeUnknown(ConnectorError):
    """The request left us and no clear answer came back: it may be live. Never repeat by machine."""


class NotPermitted(Refused):
    """This account lacks the right to do it, whatever it says: surely nothing was written.

    Publishing then goes on by hand, and the account is known by it until it is connected again.
    """


class NotGenuine(ConnectorError):
    """A request that claims to come from the platform does not carry its proof."""
