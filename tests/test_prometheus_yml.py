"""prometheus.yml and its targets, held against promtool, and scraped by a real Prometheus."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from journeys import TARGET, service, simple_journey, step
from real_prometheus import pair_of
from running import eventually, fetch, free_port, program, server

from relrails.cli import main
from relrails.probe import Poll, Target, expect, get, secret
from relrails.probe.names import LISTEN
from relrails.promtool import Promtool
from relrails.render import blackbox, prometheus, prometheus_yml
from relrails.scrape import Scrape
from relrails.service import Service
from relrails.toolchain import Tool
from relrails.units import minutes, seconds


def files(services: Sequence[Service]) -> dict[str, Any]:
    """Give what is rendered, read back, by path below prometheus/."""
    found = prometheus_yml.render_fleet(services)
    return {f.path.removeprefix("prometheus/"): yaml.safe_load(f.text) for f in found}


def jobs(services: Sequence[Service]) -> dict[str, Any]:
    """Give the scrape jobs by name."""
    return {job["job_name"]: job for job in files(services)["prometheus.yml"]["scrape_configs"]}


def written(services: Sequence[Service], root: Path) -> Path:
    """Write everything that Prometheus reads."""
    made = [*prometheus_yml.render_fleet(services), *(f for s in services for f in prometheus.render_service(s))]
    for file in made:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return root / "prometheus/prometheus.yml"


def poll(**other: Any) -> Poll:
    """Make a step that Blackbox cannot run."""
    until = (expect.json("$.state", equals="ready"),)
    return Poll(name="wait", request=get("/"), until=until, every=1 * seconds, timeout=5 * seconds, **other)


def test_every_promtool_takes_it_with_its_rules_and_targets(promtool: Promtool, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a token")
    shop = service(
        journeys=(
            simple_journey(),
            simple_journey(name="slow", every=2 * minutes),
            simple_journey(name="w", steps=(poll(),)),
        ),
        scrapes=(Scrape(job="shop", targets=("shop:80",), scheme="https", credentials=secret(f"file:{token}")),),
    )
    path = written([shop, service(name="stock")], tmp_path)

    checked = promtool.check_config(path, lint="none")

    assert checked.problems == ()
    assert checked.exit_code == 0


def test_every_job_that_an_sli_reads_is_scraped_at_the_shortest_interval_that_is_counted_on() -> None:
    shop = service(scrape_interval=30 * seconds)
    reads_too = service(name="other", slos=shop.slos, scrape_interval=15 * seconds)

    assert {n: j["scrape_interval"] for n, j in jobs([shop, reads_too]).items()} == {"shop": "15s"}


def test_a_timeout_is_never_longer_than_its_interval() -> None:
    assert jobs([service(scrape_interval=5 * seconds)])["shop"]["scrape_timeout"] == "5s"
    assert jobs([service()])["shop"]["scrape_timeout"] == "10s"


def test_declared_addresses_are_targets_and_undeclared_ones_are_for_the_operator_to_fill() -> None:
    shop = service(scrapes=(Scrape(job="shop", targets=("a:80", "b:80"), path="/m"),))

    found = files([shop, service(name="stock")])

    assert found["targets/shop.yml"] == [{"targets": ["a:80", "b:80"]}]
    assert found["targets/stock.yml"] == []
    assert jobs([shop])["shop"]["metrics_path"] == "/m"


def test_the_prober_is_expected_on_the_loopback_unless_it_is_declared() -> None:
    shop = service(journeys=(simple_journey(), simple_journey(name="w", steps=(poll(),))))
    declared = service(
        name="probers",
        scrapes=(Scrape(job="relrails-probe", targets=("p:1",)), Scrape(job="relrails-blackbox", targets=("b:2",))),
    )

    assert files([shop])["targets/relrails-probe.yml"] == [{"targets": ["127.0.0.1:9850"]}]
    assert files([shop])["targets/relrails-blackbox-1m.yml"][0]["targets"] == ["127.0.0.1:9115"]
    assert files([shop, declared])["targets/relrails-probe.yml"] == [{"targets": ["p:1"]}]
    assert files([shop, declared])["targets/relrails-blackbox-1m.yml"][0]["targets"] == ["b:2"]
    assert files([shop, declared])["targets/relrails-reachability.yml"][0]["targets"] == ["b:2"]
    assert "relrails-blackbox" not in jobs([shop, declared])


def test_the_runner_is_scraped_where_it_listens_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "run", "--help"]) == 0

    assert f"[default: {LISTEN}]" in capsys.readouterr().out


def test_journeys_of_blackbox_share_a_job_when_they_share_an_interval() -> None:
    found = [
        simple_journey(),
        simple_journey(name="b", timeout=20 * seconds),
        simple_journey(name="c", every=2 * minutes),
    ]

    probing = {n: j for n, j in jobs([service(journeys=tuple(found))]).items() if n.startswith("relrails-blackbox")}

    assert {n: (j["scrape_interval"], j["scrape_timeout"]) for n, j in probing.items()} == {
        "relrails-blackbox-1m": ("1m", "21s"),
        "relrails-blackbox-2m": ("2m", "11s"),
    }


@pytest.mark.parametrize("job", ["../../etc/cron.d/x", "kube/system metrics", "Ä", "UPPER"])
def test_a_job_with_an_odd_name_has_a_plain_file(job: str) -> None:
    (path,) = (p for p in files([service(name=job)]) if p.startswith("targets/") and "alertmanager" not in p)

    name = path.removeprefix("targets/").removesuffix(".yml")
    assert name.replace("-", "").isalnum() and name.isascii() and name == name.lower() and name != job


def test_no_service_no_file() -> None:
    assert files([]) == {}


def test_what_is_scraped_has_the_labels_that_the_rules_read(
    blackbox_exporters: tuple[Tool, ...], tmp_path: Path
) -> None:
    metrics = b'# TYPE http_requests_total counter\nhttp_requests_total{code="200"} 1\n'
    page = {"Content-Type": "text/plain; version=0.0.4"}
    with server({"/metrics": (200, page, metrics), "/welcome": (200, {}, b""), "/": (200, {}, b"")}) as (origin, _):
        blackbox_address = f"127.0.0.1:{free_port()}"
        shop = service(
            scrape_interval=1 * seconds,
            journeys=(
                simple_journey(
                    target=Target(name="local", url=origin),
                    every=2 * seconds,
                    timeout=1 * seconds,
                    steps=(step(timeout=1 * seconds),),
                ),
            ),
            scrapes=(
                Scrape(job="shop", targets=(origin.removeprefix("http://"),)),
                Scrape(job="relrails-blackbox", targets=(blackbox_address,)),
            ),
        )
        config = written([shop], tmp_path)
        modules = tmp_path / "blackbox.yml"
        modules.write_text(next(f.text for f in blackbox.render_fleet([shop])))
        address = f"http://127.0.0.1:{free_port()}"
        with (
            program(
                blackbox_exporters[0],
                [f"--config.file={modules}", f"--web.listen-address={blackbox_address}"],
                ready=f"http://{blackbox_address}/-/healthy",
            ),
            program(
                pair_of(2).server,
                [
                    f"--config.file={config}",
                    f"--storage.tsdb.path={tmp_path / 'data'}",
                    f"--web.listen-address={address.removeprefix('http://')}",
                    "--enable-feature=exemplar-storage",
                ],
                ready=f"{address}/-/ready",
            ),
        ):

            def found(query: str) -> Any:
                return json.loads(fetch(f"{address}/api/v1/query?query={quote(query)}"))["data"]["result"]

            selector = 'probe_success{job="relrails-blackbox",env="staging",journey="front_page"}'
            (probe,) = eventually(lambda: found(f"{selector} == 1"), "the journey succeeds")
            eventually(lambda: found('http_requests_total{job="shop"}'), "the service is scraped")
            alertmanagers = json.loads(fetch(f"{address}/api/v1/alertmanagers"))["data"]

    assert probe["metric"]["instance"] == f"{origin}/welcome"
    assert not [name for name in probe["metric"] if name.startswith("__param")]
    assert [a["url"] for a in alertmanagers["activeAlertmanagers"]] == ["http://127.0.0.1:9093/api/v2/alerts"]


def test_the_address_of_a_target_with_a_port_is_its_own() -> None:
    journey = simple_journey(target=Target(name="six", url="https://[2001:db8::1]:8443"))

    groups = files([service(journeys=(journey,))])["targets/relrails-reachability.yml"]

    assert [g["labels"]["__param_target"] for g in groups] == ["https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"]
    assert TARGET.url
