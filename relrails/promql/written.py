"""PromQL that the author of a service wrote by hand: `promql("sum(rate(errors_total[$window]))")`."""

from dataclasses import dataclass, field

from relrails.promql.ast import Written
from relrails.promql.duration import duration_text
from relrails.source import Source, here
from relrails.units import Duration

WINDOW = "$window"


@dataclass(frozen=True, slots=True)
class PromQL:
    """A writer's expression in which `$window` stands for the range; checked by `promql/syntax`."""

    text: str
    source: Source = field(default_factory=here, compare=False, repr=False)

    def over(self, window: Duration) -> Written:
        """Put the range in."""
        return Written(self.text.strip().replace(WINDOW, duration_text(window)))


def promql(text: str) -> PromQL:
    """Take the writer's own PromQL; `$window` becomes the range that the rule needs."""
    return PromQL(text)
