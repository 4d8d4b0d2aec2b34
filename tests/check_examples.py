"""Examples from the manual pages of checks, each made into the smallest project that holds it.

`...` as the first argument stands for the usual values of the fields that the example does not name. An expression is
put where it belongs, an assignment before the SLOs, and a text that imports something is a whole file.
"""

import ast
import inspect
import re
from itertools import pairwise
from pathlib import Path

from relrails.checks import Check

USUAL = {
    "SLO": {
        "name": '"availability"',
        "description": '"A request is good unless we answer 5xx."',
        "sli": 'sli.Availability(total=requests, bad=requests.where(code=metric.matching("5..")))',
        "objective": "99.9 * percent",
        "window": "30 * days",
    },
    "Service": {
        "name": '"checkout"',
        "owner": '"payments"',
        "scrape_interval": "15 * seconds",
        "runbook": '"https://runbooks.example.com/checkout"',
        "grafana": '"https://grafana.example.com"',
        "slos": "(availability,)",
        "error_budget": "ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent)",
    },
    "sli.Availability": {"total": "requests", "bad": 'requests.where(code=metric.matching("5.."))'},
    "sli.Correctness": {"total": "jobs"},
    "sli.Freshness": {"last_update": "newest", "limit": "10 * minutes"},
    "sli.Latency": {"histogram": "durations", "threshold": "300 * ms"},
    "sli.ProbeSuccess": {"gauge": "probe"},
    "sli.Ratio": {
        "total": """promql('sum(rate(jobs_total{job="checkout"}[$window]))')""",
        "bad": """promql('sum(rate(jobs_total{job="checkout", outcome="lost"}[$window]))')""",
    },
    "BurnTier": {"severity": '"page"', "factor": "14.4", "long": "1 * hours", "short": "5 * minutes"},
    "canary.ErrorRate": {"slo": "availability"},
    "canary.Latency": {"slo": "availability"},
    "canary.Identity": {"metric": 'metric.Gauge("build_info").where(job="checkout")', "label": '"digest"'},
    "canary.Policy": {
        "canary": '{"track": "canary"}',
        "stable": '{"track": "stable"}',
        "checks": "(canary.ErrorRate(slo=availability),)",
        "rollback": 'canary.HAProxy(socket="/run/haproxy.sock", backend="checkout")',
    },
    "budget.QueueDepth": {
        "name": '"queue"',
        "depth": 'metric.Gauge("queue_depth").where(job="checkout")',
        "completed": "jobs",
        "max": "500 * items",
        "drained_in": "10 * minutes",
    },
    "budget.ExportRuntime": {
        "name": '"runtime"',
        "durations": 'metric.Histogram("job_seconds", buckets=(1, 60, 120)).where(job="checkout")',
        "running": 'metric.Gauge("longest_running_seconds").where(job="checkout")',
        "p95": "2 * minutes",
        "longest": "10 * minutes",
    },
    "budget.StorageGrowth": {
        "name": '"storage"',
        "stored": 'metric.Gauge("stored_bytes").where(job="checkout")',
        "max": "5 * GiB / day",
    },
    "budget.Spend": {
        "name": '"compute"',
        "hourly_cost": 'metric.Gauge("node_total_hourly_cost").where(job="opencost")',
        "max": "20 * USD / day",
    },
    "Traffic": {
        "requests": "requests",
        "probes": 'requests.where(synthetic="true")',
        "durations": "durations",
    },
    "Journey": {
        "name": '"buy"',
        "description": '"Open the shop."',
        "env": '"staging"',
        "target": "shop",
        "every": "1 * minutes",
        "timeout": "10 * seconds",
        "steps": "(Step(...),)",
        "objective": "99 * percent",
        "latency": "1 * seconds",
    },
    "Step": {
        "name": '"open"',
        "request": 'get("/")',
        "expect": "(expect.status(200),)",
        "timeout": "3 * seconds",
    },
    "Poll": {
        "name": '"wait"',
        "request": 'get("/")',
        "until": '(expect.json("$.state", equals="ready"),)',
        "every": "1 * seconds",
        "timeout": "3 * seconds",
    },
    "Target": {"name": '"shop"', "url": '"https://shop.example.com"'},
    "Retry": {"on": '("dns", "connect")', "attempts": "1", "budget": "10 * percent"},
    "Scrape": {"job": '"checkout"', "targets": '("checkout:9090",)'},
    "ErrorBudgetPolicy": {"warn_below": "25 * percent", "freeze_below": "0 * percent"},
}
AROUND = {
    "Journey": "{}",
    "Step": "Journey(..., steps=({},))",
    "Poll": "Journey(..., steps=({},))",
    "Target": "Journey(..., target={})",
    "Retry": "Journey(..., retry={})",
    "Page": "Journey(..., page={})",
    **dict.fromkeys(("get", "head", "post", "put", "delete"), "Journey(..., steps=(Step(..., request={}),))"),
    **dict.fromkeys(
        ("expect.status", "expect.json", "expect.body", "expect.header"),
        "Journey(..., steps=(Step(..., expect=({},)),))",
    ),
    "extract": "Journey(..., steps=(Step(..., extract=({},)),))",
    "BurnTier": "SLO(..., tiers=({},))",
    "metric.Counter": "SLO(..., sli=sli.Correctness(..., total={}, bad=jobs))",
    "metric.Gauge": "SLO(..., sli=sli.ProbeSuccess(gauge={}))",
    "metric.Histogram": "SLO(..., sli=sli.Latency(..., histogram={}))",
}
HEAD = '''\
"""checkout: takes the money."""

from relrails import SLO, BurnTier, ErrorBudgetPolicy, Service, budget, canary, metric, sli
from relrails.promql import promql
from relrails.units import USD, GiB, day, days, hours, items, minutes, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="checkout")
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.3, 1)).where(job="checkout")
jobs = metric.Counter("jobs_total").where(job="checkout")
probe = metric.Gauge("probe_success").where(job="checkout")
newest = metric.Gauge("newest_record_timestamp_seconds").where(job="checkout")
'''
JOURNEYS = set(AROUND) - {"BurnTier", "metric.Counter", "metric.Gauge", "metric.Histogram"}
PROBES = """\
from relrails import Scrape, notify
from relrails.probe import Flaky, Journey, Page, Poll, Retry, Step, Target
from relrails.probe import delete, expect, extract, get, head, post, put, secret

shop = Target(name="shop", url="https://shop.example.com")
"""
"""What only examples of journeys need; the others keep their lines."""
FREEZES = """\
from datetime import UTC, datetime

from relrails import Freeze
"""
TRAFFIC = "from relrails import Traffic\n"
PROBING = r"\b(Journey|Target|Step|Scrape|secret)\(|\bnotify\."
RUNS = "https://probes.example.com"


def examples(check: Check, heading: str) -> list[str]:
    """Give the examples below a heading of the manual page; an empty line parts them."""
    page = inspect.cleandoc(check.manual)
    found = re.search(rf"^{heading}:\n((?:    .*\n|\n)*)", page + "\n", re.MULTILINE)
    blocks = re.split(r"\n(?:[ ]*\n)+", inspect.cleandoc(found[1])) if found else []
    return [block.rstrip() + "\n" for block in blocks if block.strip()]


def write(example: str, root: Path) -> Path:
    """Write the project that an example stands for, and give its folder of services."""
    folder = root / "services"
    folder.mkdir(parents=True)
    services = [e for e in _expressions(example) if e.startswith("Service(")]
    if len(services) > 1:
        for number, service in enumerate(services, 1):
            (folder / f"service_{number}.py").write_text(_file(service), encoding="utf-8")
    else:
        (folder / "checkout.py").write_text(_file(example), encoding="utf-8")
    return folder


def _file(example: str) -> str:
    """Put each statement of an example where it belongs in a service file."""
    if _is_whole(example):
        return example
    service, slos, journeys, before = "Service(...)", [], [], []
    for statement in _expressions(example):
        called = re.match(r"([\w.]+)\(", statement)
        name = called[1] if called else ""
        if name == "Service":
            service = statement
        elif name == "SLO":
            slos.append(statement)
        elif name == "ErrorBudgetPolicy":
            service = f"Service(..., error_budget={statement})"
        elif name == "canary.Policy":
            service = f"Service(..., canary={statement})"
        elif name.startswith("budget."):
            service = f"Service(..., budgets=({statement},))"
        elif name.startswith("canary."):
            service = f"Service(..., canary=canary.Policy(..., checks=({statement},)))"
        elif name == "promql":
            before.append(f"lost = {statement}")
            slos.append("SLO(..., sli=sli.Ratio(..., bad=lost))")
        elif name in JOURNEYS:
            journeys.append(AROUND[name].format(statement))
        elif name == "Traffic":
            service = f"Service(..., traffic={statement})"
        elif name == "Freeze":
            service = f"Service(..., freezes=({statement},))"
        elif name == "Scrape":
            service = f"Service(..., scrapes=({statement},))"
        elif name in AROUND or name.startswith("sli."):
            slos.append(AROUND.get(name, "SLO(..., sli={})").format(statement))
        else:
            before.append(statement)
    if not slos and not any(text.startswith("availability = ") for text in before):
        slos = ["SLO(...)"]
    names = ["availability", *(f"slo_{n}" for n in range(2, len(slos) + 1))][: len(slos)]
    if len(slos) > 1 and "slos=" not in service:
        service = service.replace("...", f"..., slos=({', '.join(names)})", 1)
    made = [f"{name} = {text}" for name, text in zip(names, slos, strict=True)]
    paths = ["journey", *(f"journey_{n}" for n in range(2, len(journeys) + 1))][: len(journeys)]
    made += [f"{name} = {text}" for name, text in zip(paths, journeys, strict=True)]
    if paths:
        given = f"..., journeys=({', '.join(paths)},)" + ("" if "runs=" in service else f', runs="{RUNS}"')
        service = service.replace("...", given, 1)
    elif "Journey(" in service and "runs=" not in service:
        service = service.replace("...", f'..., runs="{RUNS}"', 1)
    probing = any(re.search(PROBING, text) for text in (service, *made, *before))
    wanted = ((PROBES, probing), (FREEZES, "Freeze(" in service), (TRAFFIC, "Traffic(" in service))
    more = [text for text, needed in wanted if needed]
    parts = (HEAD, *more, *before, *made, f"service = {service}")
    return "\n".join(_filled(part).rstrip() + "\n" for part in parts)


def _is_whole(example: str) -> bool:
    return "import " in example or re.search(r"^service = ", example, re.MULTILINE) is not None or not _parses(example)


def _parses(example: str) -> bool:
    try:
        ast.parse(example)
    except (SyntaxError, ValueError):
        return False
    return True


def _expressions(example: str) -> list[str]:
    """Cut an example into its statements, comments and all."""
    if not _parses(example):
        return []
    starts = [statement.lineno - 1 for statement in ast.parse(example).body]
    lines = example.split("\n")
    starts = [0, *starts[1:], len(lines)]
    return ["\n".join(lines[a:b]).strip() for a, b in pairwise(starts)]


def _filled(text: str) -> str:
    """Put the usual values in for each `...`; SLOs and services that were one line get a line for each field."""
    while (call := _open_call(text)) is not None:
        name = ast.unparse(call.func)
        given = [f"{k.arg}={ast.get_source_segment(text, k.value)}" for k in call.keywords]
        usual = [f"{f}={v}" for f, v in USUAL[name].items() if not any(g.startswith(f"{f}=") for g in given)]
        opening, closing = text.index("(", _end(text, call.func)), _end(text, call) - 1
        if "\n" in text[opening:closing] and text[opening:closing].lstrip("(").startswith("\n"):
            ellipsis = text.index("...", opening)
            text = text[:ellipsis] + ",\n    ".join(usual) + text[ellipsis + 3 :]
            continue
        between = ",\n    " if name in {"SLO", "Service", "Journey"} else ", "
        inside = between.join([*usual, *given])
        text = text[: opening + 1] + (f"\n    {inside},\n" if between != ", " else inside) + text[closing:]
    return text


def _open_call(text: str) -> ast.Call | None:
    """Find a call whose first argument is `...`, outer ones first."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value is ...
        ):
            return node
    return None


def _end(text: str, node: ast.expr) -> int:
    """Count the characters before the end of a node."""
    lines = text.split("\n")[: node.end_lineno]
    return sum(len(line) + 1 for line in lines[:-1]) + len(lines[-1].encode()[: node.end_col_offset].decode())
