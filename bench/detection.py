"""How soon the page fires, beside a rule that reads the raw series anew each time."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bench.accuracy import service_over
from bench.prometheus import pairs
from bench.table import Table
from relrails.files import yaml_text
from relrails.promtool import Promtool
from relrails.render.prometheus import rule_file
from relrails.rules import names
from relrails.toolchain import Tool
from relrails.units import days

RATIOS = (Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 20))
HEALTHY, AFTER = 70, 25  # minutes
SCRAPES = 4  # a minute
EVENTS = 2000  # between two scrapes
LAST_NUMBER = re.compile(r"\S+$")
OURS, RAW = f'alertname="{names.BURN}",long="1h"', 'alertname="Raw"'


@dataclass(frozen=True, slots=True)
class Noticed:
    """Minutes from the beginning of a burn to the first evaluation at which the alert fires."""

    ours: float
    raw: float


def run() -> Iterator[Table]:
    """Measure burns that begin at an evaluation, and between two."""
    rows = []
    for pair in pairs():
        found = measured(Promtool(Tool(name="promtool", path=pair.promtool, version=pair.server.version)))
        for ratio in RATIOS:
            of_ratio = [(late, noticed) for (r, late), noticed in found.items() if r == ratio]
            rows += [
                (str(pair.server), float(ratio), late * 60 // SCRAPES, n.raw, n.ours, n.ours - n.raw)
                for late, n in of_ratio
            ]
    yield Table(
        title="Minutes until the page on 1h and 5m fires: 99.9 %, scraped every 15 s, evaluated every minute",
        columns=("measured on", "bad", "begins s after", "raw series", "ours", "later"),
        forms=("", ".0%", "d", ".2f", ".2f", "+.2f"),
        rows=tuple(rows),
        notes=("Aim: within one minute. The raw rule reads 1h and 5m of the counters; ours read two recorded sums.",),
    )


@dataclass(frozen=True, slots=True)
class _Burn:
    ratio: Fraction
    late: int
    """Scrapes after an evaluation at which it begins."""
    minute: int
    """That evaluation: no two burns have the same, so that promtool 2.42 can be told apart what it says of them."""

    @property
    def onset(self) -> int:
        return self.minute * SCRAPES + self.late

    @property
    def end(self) -> int:
        return self.minute + AFTER

    def until(self, alert: str) -> str:
        """Ask for the minutes from its beginning to the first evaluation at which an alert fires."""
        moments = f'timestamp(ALERTS{{alertstate="firing",{alert}}})[{self.end}m:1m]'
        return f"(sum(min_over_time({moments})) - {self.onset * 60 // SCRAPES}) / 60"


def measured(promtool: Promtool) -> dict[tuple[Fraction, int], Noticed]:
    """Play burns of each ratio, beginning 0 to 3 scrapes after an evaluation."""
    service, slo = service_over(30 * days)
    kinds = [(ratio, late) for ratio in RATIOS for late in range(SCRAPES)]
    burns = [_Burn(ratio, late, HEALTHY + number) for number, (ratio, late) in enumerate(kinds)]
    fields = {
        "rule_files": ["ours.yml", "raw.yml"],
        "evaluation_interval": "1m",
        "group_eval_order": [names.group_name(service, slo), names.long_group_name(service, slo), "raw"],
        "tests": [_case(burn) for burn in burns],
    }
    with tempfile.TemporaryDirectory(prefix="relrails-bench-") as folder:
        home = Path(folder)
        (home / "ours.yml").write_text(rule_file(service, slo).text, encoding="utf-8")
        (home / "raw.yml").write_text(yaml_text({"groups": [_raw_group()]}, ""), encoding="utf-8")
        (home / "test.yml").write_text(yaml_text(fields, ""), encoding="utf-8")
        failures = promtool.test_rules([home / "test.yml"]).failures
    got = {failure.subject: float(LAST_NUMBER.findall(failure.got or "nan")[0]) for failure in failures}
    return {(b.ratio, b.late): Noticed(got[b.until(OURS)], got[b.until(RAW)]) for b in burns}


def _raw_group() -> dict[str, object]:
    def above(window: str) -> str:
        bad, total = (f'sum(rate(http_requests_total{{{code}job="api"}}[{window}]))' for code in ('code=~"5..",', ""))
        return f"{bad} / {total} > 0.0144"

    return {"name": "raw", "rules": [{"alert": "Raw", "expr": f"{above('1h')} and {above('5m')}"}]}


def _case(burn: _Burn) -> dict[str, object]:
    bad, rest = int(EVENTS * burn.ratio), burn.end * SCRAPES - burn.onset - 1
    good = f"0+{EVENTS}x{burn.onset} {EVENTS * (burn.onset + 1) - bad}+{EVENTS - bad}x{rest}"
    failed = f"0x{burn.onset} {bad}+{bad}x{rest}"
    # promtool says what it got only where that is not what was expected, and no alert fires before its burn.
    wrong = [{"labels": "{}", "value": -1}]
    return {
        "name": f"{float(burn.ratio):.0%} bad from {burn.late} scrapes after an evaluation",
        "interval": f"{60 // SCRAPES}s",
        "input_series": [
            {"series": f'http_requests_total{{job="api",instance="{n}",code="{code}"}}', "values": values}
            for n in "ab"
            for code, values in (("200", good), ("503", failed))
        ],
        "promql_expr_test": [
            {"expr": burn.until(alert), "eval_time": f"{burn.end}m", "exp_samples": wrong} for alert in (OURS, RAW)
        ],
    }
