"""What is done when a canary is decided on: a command, or a word to HAProxy."""

from dataclasses import dataclass, field

from relrails.source import Source, here
from relrails.units import Duration, seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A program with its arguments, run without a shell: `Command(argv=("kubectl", "rollout", "undo", "deploy/x"))`.

    `{artifact}` and `{service}` in an argument are filled in. An exit code other than 0, or none within `timeout`, is
    a failure.
    """

    argv: tuple[str, ...]
    timeout: Duration = 60 * seconds
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class HAProxy:
    """The weight of one server behind HAProxy, over its runtime socket: 0 to roll back, the backend's to promote.

    `socket` is a path, or `host:port`. The weight is read back: a rollback that cannot be seen has failed.
    """

    socket: str
    backend: str
    server: str = "canary"
    timeout: Duration = 10 * seconds
    source: Source = field(default_factory=here, compare=False, repr=False)


Action = Command | HAProxy
