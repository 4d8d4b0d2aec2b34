"""The units that a panel may show, and what kind of quantity each one is for."""

from enum import Enum
from typing import Literal

Kind = Literal["ratio", "multiple", "time", "days", "rate", "information", "money", "number"]


class Unit(Enum):
    """A unit as Grafana spells it; a closed list, as Grafana shows a misspelt one as a suffix and says nothing."""

    PERCENT_OF_ONE = "percentunit"
    PERCENT = "percent"
    SECONDS = "s"
    MILLISECONDS = "ms"
    DURATION = "dtdurations"
    PER_SECOND = "ops"
    REQUESTS_PER_SECOND = "reqps"
    BYTES = "bytes"
    DECIMAL_BYTES = "decbytes"
    DOLLARS = "currencyUSD"
    SHORT = "short"
    NONE = "none"
    DAYS = "suffix: d"  # Grafana's own "d" writes 30 days as 4.29 weeks
    TIMES = "suffix:×"  # a burn rate: 14.4 times as fast as the budget allows, never 1440 %

    @property
    def kind(self) -> Kind:
        """The kind of number that this unit is right for."""
        return _KIND[self]


_KIND: dict[Unit, Kind] = {
    Unit.PERCENT_OF_ONE: "ratio",
    Unit.PERCENT: "ratio",
    Unit.SECONDS: "time",
    Unit.MILLISECONDS: "time",
    Unit.DURATION: "time",
    Unit.PER_SECOND: "rate",
    Unit.REQUESTS_PER_SECOND: "rate",
    Unit.BYTES: "information",
    Unit.DECIMAL_BYTES: "information",
    Unit.DOLLARS: "money",
    Unit.SHORT: "number",
    Unit.NONE: "number",
    Unit.DAYS: "days",
    Unit.TIMES: "multiple",
}
