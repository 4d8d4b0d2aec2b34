"""What must hold for every service that passes its checks, whatever it is called and however it is written down."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from relrails import SLO, ErrorBudgetPolicy, Service, checks, metric, prove, sli
from relrails.files import File
from relrails.problems import Severity
from relrails.promql import Matcher, Selector, parse, pretty, text
from relrails.promtool import Promtool
from relrails.render import prometheus
from relrails.toolchain import Tool
from relrails.units import Duration, days, ms, percent, seconds

TODAY = date(2026, 1, 1)
NASTY = "\"\\{}%$`'\n\t\r\x00\x7f\u2028é漢🙂 ,=~!#&*:?|>-[]"
SURROGATES: tuple[Literal["Cs"]] = ("Cs",)
label_values = st.text(
    st.sampled_from(NASTY) | st.characters(codec="utf-8", exclude_categories=SURROGATES), max_size=12
)
names = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True)
whole = st.integers


@st.composite
def slos(draw: st.DrawFn) -> SLO:
    """Draw an SLO of one of the kinds, over any window, with any label values."""
    counter = metric.Counter("x_total").where(job="job", hostile=draw(label_values))
    histogram = metric.Histogram("x_seconds", buckets=(0.1, 0.3, 1)).where(job="job", hostile=draw(label_values))
    kind = draw(
        st.sampled_from(
            (
                sli.Availability(total=counter, bad=counter.where(code=draw(label_values))),
                sli.Correctness(total=counter, good=counter.where(code=metric.other_than(draw(label_values)))),
                sli.Latency(histogram=histogram, threshold=draw(st.sampled_from((100, 300, 1000))) * ms),
            )
        )
    )
    return SLO(
        name=draw(names),
        description=draw(label_values),
        sli=kind,
        objective=draw(whole(50_000, 99_999).map(lambda n: n / 1000)) * percent,
        window=draw(whole(7, 120)) * days,
        by=draw(st.sampled_from(((), ("region",), ("region", "zone")))),
        minimum_bad_events=draw(whole(2, 50)),
    )


@st.composite
def services(draw: st.DrawFn) -> Service:
    """Draw a service with one to three SLOs."""
    scrape: Duration = draw(st.sampled_from((5, 10, 15, 20, 30, 60))) * seconds
    return Service(
        name=draw(names),
        owner="o" + draw(label_values),
        scrape_interval=scrape,
        runbook="https://runbooks.example.com/x",
        grafana="https://grafana.example.com",
        slos=tuple(draw(st.lists(slos(), min_size=1, max_size=3, unique_by=lambda slo: slo.name))),
        error_budget=ErrorBudgetPolicy(warn_below=draw(whole(5, 90)) * percent, freeze_below=0 * percent),
    )


def lints(service: Service) -> bool:
    return not any(p.severity is Severity.ERROR for p in checks.run((service,), TODAY))


def written(files: list[File], folder: Path) -> list[Path]:
    paths = []
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
        paths.append(path)
    return paths


@settings(max_examples=40, suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow))
@given(service=services())
def test_every_service_that_lints_renders_to_rules_that_promtool_accepts(
    service: Service, promtools: tuple[Tool, ...], tmp_path_factory: "object"
) -> None:
    assume(lints(service))
    folder = tmp_path_factory.mktemp("rules")  # type: ignore[attr-defined] # pytest's own class has no public import
    paths = written(list(prometheus.render_service(service)), folder)

    for tool in promtools:
        checked = Promtool(tool).check_rules(paths)

        assert checked.ok, checked.output


@settings(
    max_examples=4,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow),
)
@given(service=services())
def test_every_service_that_lints_passes_its_own_proofs(
    service: Service, promtools: tuple[Tool, ...], tmp_path_factory: "object"
) -> None:
    assume(lints(service))
    one = replace(service, slos=service.slos[:1])
    folder = tmp_path_factory.mktemp("proofs")  # type: ignore[attr-defined] # pytest's own class has no public import
    written([*prometheus.render_service(one)], folder)
    quick = [
        f for f in prove.render_service(one) if f.path.rpartition(".")[0].endswith((".windows", ".alerts", ".minutes"))
    ]
    paths = written(quick, folder)

    for tool in promtools:
        run = Promtool(tool).test_rules(paths)

        assert run.ok, "\n".join(map(str, run.failures[:3]))


@given(value=label_values, other=label_values)
def test_a_label_value_never_leaves_its_place(value: str, other: str) -> None:
    selector = Selector("x", (Matcher("a", "=", value), Matcher("b", "!=", other)))

    for line in (text(selector), pretty(selector)):
        found = {m.name: m.value for m in parse(line).matchers.matchers}

        assert found == {"a": value, "b": other}


@given(service=services())
def test_the_order_of_slos_changes_no_byte(service: Service) -> None:
    turned = replace(service, slos=tuple(reversed(service.slos)))

    def files(of: Service) -> dict[str, str]:
        return {f.path: f.text for f in (*prometheus.render_service(of), *prove.render_service(of))}

    assume(lints(service))

    assert files(service) == files(turned)
