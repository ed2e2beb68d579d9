"""Mail of an installation that has no mail server: readable, in the log of `make run`."""

from typing import Any

from django.core.mail.backends.console import EmailBackend as ConsoleBackend


class EmailBackend(ConsoleBackend):
    """Print who gets what as a person reads it; of attachments only the names."""

    def write_message(self, message: Any) -> None:
        lines = [f"mail to {', '.join(message.recipients())}: {message.subject}"]
        lines += [f"    {line}" for line in message.body.splitlines() if line.strip()]
        lines += [f"    with {_name(file)}" for file in message.attachments]
        self.stream.write("\n".join(lines) + "\n")


def _name(file: Any) -> str:
    return (file.get_filename() if hasattr(file, "get_filename") else file[0]) or "a file"
