"""What a password must be, in our own sentences."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Django's rule; its sentence has no Chinese translation in Django 5.2."""

    def get_error_message(self) -> str:
        """Say how long is long enough."""
        return ngettext(
            "Too short: at least %(n)d character.", "Too short: at least %(n)d characters.", self.min_length
        ) % {"n": self.min_length}
