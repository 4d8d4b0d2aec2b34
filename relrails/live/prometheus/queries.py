"""What can be asked: an expression at one moment, or over a time in steps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instant:
    """An expression at a moment, in unix seconds; a range selector gives the raw samples with their own times."""

    promql: str
    at: float

    path = "query"

    def form(self) -> dict[str, str]:
        """Give the parameters of the API."""
        return {"query": self.promql, "time": f"{self.at:.3f}"}

    @property
    def end(self) -> float:
        """The last moment that an answer may speak of."""
        return self.at


@dataclass(frozen=True, slots=True)
class Range:
    """An expression from `start` to `end`, both included, every `step` seconds."""

    promql: str
    start: float
    end: float
    step: float

    path = "query_range"

    def form(self) -> dict[str, str]:
        """Give the parameters of the API."""
        return {
            "query": self.promql,
            "start": f"{self.start:.3f}",
            "end": f"{self.end:.3f}",
            "step": f"{self.step:.3f}",
        }


Query = Instant | Range
