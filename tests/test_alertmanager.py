"""The Alertmanager configuration, held against amtool and a real Alertmanager of each version."""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import WITHOUT_TOOLS
from journeys import service, simple_journey, step
from running import eventually, fetch, free_port, program, server

from relrails import toolchain
from relrails.notify import PagerDuty, Slack, Webhook
from relrails.probe import Retry, secret
from relrails.render.alertmanager import render_fleet
from relrails.service import Service
from relrails.toolchain import Tool
from relrails.units import percent

HOOK = Webhook(url="https://tickets.example.com/a", credentials=secret("file:/run/secrets/tickets"))
PAGER = PagerDuty(routing_key=secret("file:/run/secrets/pagerduty"))
CHAT = Slack(api_url=secret("file:/run/secrets/slack"), channel="#shop")


def shops() -> tuple[Service, Service]:
    """Two services of two owners, whose journeys share a step."""
    retry = Retry(on=("dns",), attempts=1, budget=10 * percent)
    first = simple_journey(steps=(step(shared="auth"),), retry=retry)
    second = simple_journey(name="order", steps=(step(shared="auth"),), retry=retry)
    return (
        service(page=PAGER, ticket=HOOK, journeys=(first, simple_journey(name="public"))),
        service(name="stock", owner="store \\ keepers", page=CHAT, ticket=HOOK, journeys=(second,)),
    )


def written(services: Sequence[Service], root: Path) -> Path:
    """Write what is rendered, and give the path of alertmanager.yml."""
    for file in render_fleet(services):
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return root / "alertmanager/alertmanager.yml"


def config(services: Sequence[Service]) -> Any:
    """Give what is rendered, read back."""
    return yaml.safe_load(next(file.text for file in render_fleet(services) if file.path.endswith(".yml")))


def test_every_amtool_takes_it(amtools: tuple[Tool, ...], tmp_path: Path) -> None:
    path = written(shops(), tmp_path)

    for tool in amtools:
        done = subprocess.run([str(tool.path), "check-config", str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, "1 templates" in done.stdout) == (0, True), f"{tool}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("severity=page owner=sales", "page-of-sales"),
        ("severity=ticket owner=sales", "ticket-of-sales"),
        (r"severity=page|owner=store \ keepers", r"page-of-store \ keepers"),
        ("severity=page owner=nobody-we-know", "page-everybody"),
        ("severity=page", "page-everybody"),
        ("severity=ticket owner=nobody-we-know", "ticket-everybody"),
        ("owner=sales", "ticket-everybody"),
        ("severity=critical", "ticket-everybody"),
    ],
)
def test_an_alert_reaches_its_owner_and_never_nobody(
    amtools: tuple[Tool, ...], labels: str, receiver: str, tmp_path: Path
) -> None:
    path = written(shops(), tmp_path)
    given = labels.split("|") if "|" in labels else labels.split()
    # amtool reads a label as a matcher does, so that a backslash in it is written twice.
    given = [re.sub(r"=(.*\\.*)", lambda m: "=" + json.dumps(m[1]), label) for label in given]

    for tool in amtools:
        argv = [str(tool.path), "config", "routes", "test", f"--config.file={path}", *given]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.strip()) == (0, receiver), f"{tool}: {done.stdout}{done.stderr}"


def test_everybody_has_each_address_once() -> None:
    receivers = {r["name"]: r for r in config(shops())["receivers"]}

    assert len(receivers["ticket-everybody"]["webhook_configs"]) == 1
    assert {"pagerduty_configs", "slack_configs"} < set(receivers["page-everybody"])


def test_every_receiver_has_somewhere_to_send_to() -> None:
    for services in (shops(), [service(page=PAGER)], [service(ticket=HOOK)]):
        for receiver in config(services)["receivers"]:
            assert len(receiver) > 1, receiver


def test_without_receivers_nothing_is_written() -> None:
    assert list(render_fleet([service()])) == []
    assert list(render_fleet([])) == []


# A real one


def alert(name: str, severity: str, **labels: str) -> dict[str, Any]:
    """Make an alert as Prometheus sends it."""
    annotations = {"summary": f"{name} summary", "description": f"{name} description", "trace_id": "4711"}
    return {"labels": {"alertname": name, "severity": severity, **labels}, "annotations": annotations}


SLO_LABELS = {"service": "shop", "slo": "availability", "owner": "sales"}
JOURNEY = {"env": "staging", "journey": "front_page", "service": "shop", "owner": "sales", "uses_auth": "true"}
HOST = {"env": "staging", "target": "shop", "service": "shop", "owner": "sales"}
OTHER_JOURNEY = JOURNEY | {"journey": "order", "service": "stock"}

SCENES: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "a page hides the tickets of its SLO": (
        [
            alert("Burn", "page", **SLO_LABELS),
            alert("Hidden", "ticket", **SLO_LABELS),
            alert("OtherSLO", "ticket", **SLO_LABELS | {"slo": "latency"}),
            alert("OtherService", "ticket", **SLO_LABELS | {"service": "stock"}),
            alert("OtherPage", "page", **SLO_LABELS),
        ],
        {"Hidden"},
    ),
    "a page without service and SLO hides no ticket without them": (
        [alert("Foreign", "page", owner="sales"), alert("ForeignTicket", "ticket", owner="sales")],
        set(),
    ),
    "a page hides the tickets of its journey": (
        [
            alert("RelrailsJourneyFailing", "page", **JOURNEY),
            alert("RelrailsJourneyFlaky", "ticket", **JOURNEY),
            alert("RelrailsJourneyLatency", "ticket", **JOURNEY | {"journey": "search"}),
            alert("OtherEnv", "ticket", **JOURNEY | {"env": "production"}),
            alert("SLOErrorBudgetBurn", "ticket", service="shop", slo="journey-front-page"),
            alert("SLOErrorBudgetBurn", "ticket", service="shop", slo="journey-public"),
        ],
        {"RelrailsJourneyFlaky front_page staging", "SLOErrorBudgetBurn journey-front-page"},
    ),
    "a shared step that fails is one page": (
        [
            alert("RelrailsSharedStepFailing", "page", env="staging", uses_auth="true"),
            alert("RelrailsJourneyFailing", "page", **JOURNEY),
            alert("RelrailsJourneyFailing", "page", **OTHER_JOURNEY),
            alert("RelrailsJourneyFailing", "page", env="staging", journey="public"),
            alert("RelrailsJourneyFailing", "page", **JOURNEY | {"env": "production"}),
            alert("RelrailsJourneyStale", "page", **JOURNEY),
        ],
        {"RelrailsJourneyFailing front_page staging", "RelrailsJourneyFailing order staging"},
    ),
    "without its runner no journey can be seen": (
        [
            alert("RelrailsProbeRunnerDown", "page", prober="relrails-probe"),
            alert("RelrailsJourneyFailing", "page", **JOURNEY),
            alert("RelrailsJourneyStale", "page", **OTHER_JOURNEY),
            alert("RelrailsJourneyStale", "page", **JOURNEY | {"journey": "public"}),
            alert("RelrailsSharedStepFailing", "page", env="staging", uses_auth="true"),
            alert("RelrailsProbeEgressDown", "page"),
            alert("SLOExporterDown", "page", service="shop", slo="journey-front-page"),
            alert("SLOExporterDown", "page", service="shop", slo="journey-public"),
            alert("SLOExporterDown", "page", **SLO_LABELS),
            alert("SLOErrorBudgetBurn", "page", service="shop", slo="latency"),
        ],
        {
            "RelrailsJourneyFailing front_page staging",
            "RelrailsJourneyStale order staging",
            "RelrailsSharedStepFailing staging",
            "RelrailsProbeEgressDown",
            "SLOExporterDown journey-front-page",
        },
    ),
    "without Blackbox its own journeys cannot be seen": (
        [
            alert("RelrailsProbeRunnerDown", "page", prober="relrails-blackbox"),
            alert("RelrailsJourneyStale", "page", **JOURNEY),
            alert("RelrailsJourneyStale", "page", **JOURNEY | {"journey": "public"}),
            alert("SLOExporterDown", "page", service="shop", slo="journey-public"),
        ],
        {"RelrailsJourneyStale public staging", "SLOExporterDown journey-public"},
    ),
    "a journey that fails says of its hosts what their tickets would": (
        [
            alert("RelrailsJourneyFailing", "page", **JOURNEY),
            alert("RelrailsSharedStepFailing", "page", env="staging", uses_auth="true"),
            alert("RelrailsHostUnreachable", "ticket", **HOST),
            alert("RelrailsHostUnreachable", "ticket", **HOST | {"env": "production"}),
            alert("RelrailsHostUnreachable", "ticket", **HOST | {"target": "elsewhere"}),
            alert("RelrailsHostUnseen", "ticket", **HOST),
            alert("RelrailsCertificateExpiring", "ticket", **HOST),
        ],
        {"RelrailsJourneyFailing front_page staging", "RelrailsHostUnreachable shop staging"},
    ),
    "a journey that is not run says nothing of its hosts": (
        [
            alert("RelrailsJourneyStale", "page", **JOURNEY),
            alert("RelrailsHostUnreachable", "ticket", **HOST),
        ],
        set(),
    ),
    "a certificate that pages needs no ticket": (
        [
            alert("RelrailsCertificateExpiring", "page", **HOST),
            alert("RelrailsCertificateExpiring", "ticket", **HOST),
            alert("RelrailsCertificateExpiring", "ticket", **HOST | {"target": "elsewhere"}),
            alert("RelrailsHostUnreachable", "ticket", **HOST),
        ],
        {"RelrailsCertificateExpiring shop staging ticket"},
    ),
    "without Blackbox no host can be seen": (
        [
            alert("RelrailsProbeRunnerDown", "page", prober="relrails-blackbox"),
            alert("RelrailsHostUnseen", "ticket", **HOST),
            alert("RelrailsHostUnreachable", "ticket", **HOST),
        ],
        {"RelrailsHostUnseen shop staging"},
    ),
    "without its way out the runner blames no service": (
        [
            alert("RelrailsProbeEgressDown", "page"),
            alert("RelrailsJourneyFailing", "page", **JOURNEY),
            alert("RelrailsSharedStepFailing", "page", env="staging", uses_auth="true"),
            alert("RelrailsJourneyStale", "page", **OTHER_JOURNEY),
        ],
        {"RelrailsJourneyFailing front_page staging", "RelrailsSharedStepFailing staging"},
    ),
}


@pytest.fixture(scope="module", params=["0.25", "later"])
def alertmanager(request: pytest.FixtureRequest) -> Tool:
    """Give the Alertmanager of Debian stable, or the newest."""
    old = request.param == "0.25"
    found = [t for t in toolchain.find("alertmanager") if (t.version < (0, 26)) == old]
    if found:
        return found[0]
    if os.environ.get(WITHOUT_TOOLS) == "1":
        pytest.skip(f"no alertmanager {request.param}, and {WITHOUT_TOOLS}=1")
    pytest.fail(f"no alertmanager {request.param}: `python -m relrails.toolchain` fetches it", pytrace=False)


def serving(tool: Tool, path: Path, root: Path) -> Iterator[str]:
    """Run Alertmanager on a configuration, and give its address."""
    url = f"http://127.0.0.1:{free_port()}"
    arguments = [
        f"--config.file={path}",
        f"--storage.path={root / 'data'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--cluster.listen-address=",
    ]
    with program(tool, arguments, ready=f"{url}/-/ready"):
        yield url


@pytest.fixture(scope="module")
def address(alertmanager: Tool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one on the configuration of the shops."""
    root = tmp_path_factory.mktemp("alertmanager")
    yield from serving(alertmanager, written(shops(), root), root)


def title(labels: dict[str, str]) -> str:
    """Name an alert in the words of a scene."""
    more = [labels[n] for n in ("journey", "target", "env") if n in labels] or [labels.get("slo", "")]
    if labels["alertname"] == "RelrailsCertificateExpiring":  # of which there may be two
        more.append(labels["severity"])
    plain = labels["alertname"].startswith(("Relrails", "SLO")) and "severity" in labels
    return " ".join([labels["alertname"], *(m for m in more if m and plain)])


@pytest.mark.parametrize("scene", SCENES)
def test_inhibition(scene: str, address: str) -> None:
    alerts, hidden = SCENES[scene]
    mark = {"scene": re.sub(r"\W", "_", scene)}
    ended = [{**a, "labels": a["labels"] | mark, "endsAt": "2020-01-01T00:00:00Z"} for a in alerts]
    fetch(f"{address}/api/v2/alerts", [{**a, "labels": a["labels"] | mark} for a in alerts])

    def seen() -> dict[str, bool]:
        found = json.loads(fetch(f"{address}/api/v2/alerts?filter=scene%3D{mark['scene']}"))
        return {title(a["labels"]): bool(a["status"]["inhibitedBy"]) for a in found}

    try:
        names = {title(a["labels"]) for a in alerts}
        eventually(lambda: set(seen()) == names and {n for n, no in seen().items() if no} >= hidden, scene)
        assert {name for name, inhibited in seen().items() if inhibited} == hidden
    finally:
        fetch(f"{address}/api/v2/alerts", ended)
        eventually(lambda: not seen(), "the scene is over")


def test_a_message_carries_every_annotation(alertmanager: Tool, tmp_path: Path) -> None:
    with server({"/slack": (200, {}, b"ok"), "/hook": (200, {}, b"")}) as (origin, asked):
        (tmp_path / "slack").write_text(f"{origin}/slack")
        (tmp_path / "token").write_text("a token")
        chat = Slack(api_url=secret(f"file:{tmp_path / 'slack'}"), channel="#shop")
        hook = Webhook(url=f"{origin}/hook", credentials=secret(f"file:{tmp_path / 'token'}"))
        path = written([service(page=chat, ticket=hook)], tmp_path)
        path.write_text(re.sub(r"group_wait: \w+", "group_wait: 100ms", path.read_text()))

        for url in serving(alertmanager, path, tmp_path):
            fetch(
                f"{url}/api/v2/alerts",
                [
                    alert("Failing", "page", owner="sales", env="staging"),
                    alert("Burning", "page", owner="sales", env="staging"),
                    alert("Flaky", "ticket", owner="sales"),
                ],
            )
            eventually(lambda: len(asked) >= 2, "both messages arrive")

    sent = {path: json.loads(body) for _, path, body in asked}
    message = sent["/slack"]["attachments"][0]
    assert re.fullmatch(r"FIRING (Failing|Burning) summary \(and 1 more\)", message["title"])
    for name in ("Failing", "Burning"):
        assert f"firing: {name} summary\n{name} description\ntrace_id: 4711\n" in message["text"]
    assert [a["labels"]["alertname"] for a in sent["/hook"]["alerts"]] == ["Flaky"]
