"""What went wrong with a step: one reason of the closed list, and a sentence."""

from relrails.probe.names import Reason


class Fault(Exception):  # noqa: N818 - a fault of what is watched, not an error of the program
    """A step that failed; `sent` tells whether anything may have reached the service."""

    def __init__(self, reason: Reason, text: str, *, expected: str = "", sent: bool = True) -> None:
        super().__init__(text)
        self.reason: Reason = reason
        self.text = text
        self.expected = expected
        self.sent = sent
