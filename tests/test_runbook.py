"""A runbook is found where alerts say it is, and nobody's words break out of their place in it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from probes import auth_query
from relrails import SLO, BurnTier, ErrorBudgetPolicy, Freeze, Service, canary, metric, sli
from relrails.cli import main
from relrails.promql import check_syntax, promql, selectors
from relrails.render.runbook import render_service
from relrails.render.runbook.alerts import alerts_of
from relrails.render.runbook.markdown import code_block, link, sentence, table
from relrails.render.runbook.meanings import ALERTS, series_meaning
from relrails.render.runbook.numbers import promise, time_text
from relrails.rules import RecordingRule, names, rule_groups
from relrails.units import days, hours, minutes, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="api")
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.3, 1)).where(job="api")


def slo(name: str, kind: sli.SLI, **more: object) -> SLO:
    given = {"description": "What we promise.", "objective": 99.9 * percent, "window": 30 * days, **more}
    return SLO(name=name, sli=kind, **given)  # type: ignore[arg-type] # any field


availability = slo("availability", sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))))


def service(*slos: SLO, **more: object) -> Service:
    given = {
        "name": "core-api",
        "owner": "platform-core",
        "description": "Answers queries.",
        "scrape_interval": 15 * seconds,
        "runbook": "https://runbooks.example.com/core-api",
        "grafana": "https://grafana.example.com",
        "slos": slos or (availability,),
        "error_budget": ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=10 * percent),
        **more,
    }
    return Service(**given)  # type: ignore[arg-type] # any field


KINDS = (
    availability,
    slo("latency-p95", sli.Latency(histogram=durations, threshold=300 * ms), objective=95 * percent, by=("region",)),
    slo("native", sli.Latency(histogram=metric.Histogram("d_seconds", native=True), threshold=1 * seconds)),
    slo("completion", sli.Correctness(total=requests, good=requests.where(outcome="ready")), window=7 * days),
    slo("login", sli.ProbeSuccess(gauge=metric.Gauge("probe_success").where(job="blackbox")), window=90 * days),
    slo("age", sli.Freshness(last_update=metric.Gauge("newest_seconds").where(job="etl"), limit=5 * minutes)),
    slo("own", sli.Ratio(bad=promql("rate(bad_total[$window])"), total=promql("rate(all_total[$window])"))),
    slo(
        "fixed",
        sli.Availability(total=requests, bad=requests.where(code="500")),
        tiers=(BurnTier(severity="page", factor=10, long=2 * hours, short=10 * minutes),),
    ),
)
ALL = service(*KINDS)
POLICY = canary.Policy(
    canary={"track": "canary"},
    stable={"track": "stable"},
    checks=(canary.ErrorRate(slo=availability),),
    rollback=canary.Command(argv=("kubectl", "rollout", "undo", "deploy/{service}")),
)
WITH_CANARY = replace(ALL, canary=POLICY)


def runbook(of: Service) -> str:
    (file,) = render_service(of)
    assert file.path == f"runbooks/{of.name}.md"
    return file.text


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def headings(text: str) -> list[str]:
    found = tokens(text)
    return [after.content for token, after in pairwise(found) if token.type == "heading_open"]


def anchors(text: str) -> list[str]:
    """What GitHub makes of headings: lower case, no punctuation, hyphens for spaces, a number behind repeated ones."""
    made: list[str] = []
    for heading in headings(text):
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        made.append(plain if plain not in made else f"{plain}-{sum(a.startswith(plain) for a in made)}")
    return made


def blocks(text: str) -> list[str]:
    """Every query; what a person types into a shell is none."""
    return [t.content.rstrip("\n") for t in tokens(text) if t.type == "fence" and t.info == "promql"]


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_alert_leads_to_its_own_section() -> None:
    text = runbook(ALL)
    found = anchors(text)
    rules = [rule for _, rule in alerts_of(ALL)]
    assert {rule.alert for rule in rules} == set(ALERTS), "the services above have every alert there is"
    for rule in rules:
        address, _, fragment = rule.annotations["runbook_url"].partition("#")
        assert address == ALL.runbook
        assert found.count(fragment) == 1
    assert len(found) == len(set(found))


def test_a_service_has_no_section_of_an_alert_that_it_has_not() -> None:
    found = anchors(
        runbook(service(slo("own", sli.Ratio(bad=promql("rate(a[$window])"), total=promql("rate(b[$window])")))))
    )
    assert names.EXPORTER_DOWN.lower() not in found
    assert names.METRIC_MISSING.lower() in found


def test_no_name_of_an_slo_takes_the_anchor_of_an_alert() -> None:
    names_of_alerts = [replace(availability, name=name) for alert in ALERTS for name in (alert.lower(), alert)]
    text = runbook(service(*names_of_alerts))
    for alert in {rule.alert for _, rule in alerts_of(service(*names_of_alerts))}:
        assert anchors(text).count(alert.lower()) == 1


def test_links_lead_to_the_dashboards_that_the_alerts_name() -> None:
    inline = [child for token in tokens(runbook(ALL)) for child in token.children or ()]
    links = [str(child.attrs["href"]) for child in inline if child.type == "link_open"]
    dashboards = {rule.annotations["dashboard_url"] for _, rule in alerts_of(ALL)}
    assert len(dashboards) == 1
    assert links[0] in dashboards
    assert links[1] == f"https://grafana.example.com/d/{names.dashboard_uid('overview')}"
    for address in links[2:]:
        assert address in dashboards or address.removeprefix("#") in anchors(runbook(ALL))


def test_a_service_with_journeys_links_their_dashboard() -> None:
    journeys = f"https://grafana.example.com/d/{names.dashboard_uid('journeys')}"
    assert f"[customer journeys](<{journeys}>)" in runbook(service(journeys=(auth_query.journey,)))
    assert journeys not in runbook(ALL)


def test_every_query_parses_and_reads_only_what_there_is() -> None:
    queries = blocks(runbook(ALL))
    assert len(queries) == 5 + 2 * len(KINDS) + 2
    recorded = {
        rule.record
        for one in KINDS
        for group in rule_groups(ALL, one)
        for rule in group.rules
        if isinstance(rule, RecordingRule)
    }
    raw = {selector.metric for one in KINDS for selector in one.sli.reads()}
    for query in queries:
        assert check_syntax(query) is None
        for selector in selectors(query):
            name = selector.metric or next(m.value for m in selector.matchers if m.label == "__name__")
            known = recorded | raw | {"ALERTS", "up", "slo:sli_error:ratio_rate.+"}
            assert name in known
            if name not in raw | {"up"}:
                assert any((m.label, m.value) == ("service", "core-api") for m in selector.matchers)


def test_the_first_five_queries_are_five() -> None:
    assert len(blocks(sections(runbook(ALL))["First five queries"])) == 5


@pytest.mark.parametrize(
    ("objective", "window", "outage", "events"),
    [
        (99.9, 30, "43.2 min", "1 of every 1,000 requests"),
        (99.99, 30, "4.32 min", "1 of every 10,000 requests"),
        (99.999, 7, "6.048 s", "1 of every 100,000 requests"),
        (95, 30, "36 h", "1 of every 20 requests"),
        (97, 28, "20.16 h", "3 of every 100 requests"),
        (90, 90, "9 days", "1 of every 10 requests"),
    ],
)
def test_a_budget_is_told_in_time_and_in_events(objective: float, window: int, outage: str, events: str) -> None:
    one = replace(availability, objective=objective * percent, window=window * days)
    numbers = promise(one)
    assert (numbers.outage, numbers.events) == (outage, events)
    text = sections(runbook(service(one)))["Objective: availability"]
    assert f"**{outage}** of full outage in {window}d, or {events}" in text


@given(st.fractions(min_value=Fraction(1, 1000), max_value=10**8))
def test_a_time_in_words_is_the_time_to_four_digits(seconds_: Fraction) -> None:
    number, unit = time_text(seconds_).split(" ")
    size = {"s": 1, "min": 60, "h": 3600, "days": 86400}[unit]
    assert abs(Fraction(number) * size - seconds_) <= seconds_ / 1000
    assert unit == "s" or Fraction(number) * size >= size


def test_limits_are_the_ones_of_the_rules() -> None:
    text = sections(runbook(ALL))[names.BURN]
    assert "| availability | page | 1h and 5m | 1.44 % | 14.4 × 0.1 % | 2 % |" in text
    assert "| fixed | page | 2h and 10m | 1 % | 10 × 0.1 % | 2.778 % |" in text
    assert "25 % of 30d" in sections(runbook(ALL))[names.BUDGET_LOW]
    assert "10 % of 30d" in sections(runbook(ALL))[names.BUDGET_SPENT]
    assert "less than 10 % left" in sections(runbook(ALL))["Overriding the gate"]


def test_what_was_changed_in_the_table_of_alerts_is_said() -> None:
    text = sections(runbook(ALL))["Objective: latency-p95"]
    assert "Note: the 1h alert has factor 10 instead of 14.4" in text
    assert "Each `region` has a budget and alerts of its own" in text


def test_every_recorded_series_has_a_meaning() -> None:
    for one in KINDS:
        for group in rule_groups(ALL, one):
            for rule in group.rules:
                if isinstance(rule, RecordingRule):
                    assert series_meaning(rule.record)
    with pytest.raises(KeyError):
        series_meaning("slo:something_new:ratio")


HOSTILE = st.text(alphabet=st.sampled_from("`|<>[]()#*_~\\$&!-+=.1: \n\t\r\u2028aé{}\"'"), max_size=24)


def shape(text: str) -> Iterator[tuple[str, str, int]]:
    """The skeleton of a page: what opens and closes where, apart from the words."""
    for token in tokens(text):
        yield token.type, token.tag, token.nesting
        kept = [c for c in token.children or () if c.type not in {"text", "text_special", "softbreak"}]
        yield from ((child.type, child.tag, child.nesting) for child in kept)


def spoken(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


@settings(max_examples=60)
@given(HOSTILE, HOSTILE, HOSTILE)
@example("```\n# gone\n```", "</td><script>alert(1)</script>", "a`b|c")
@example("1. first\n2. second", "- [ ] done", "``` x")
@example("===", "---", "<!--")
@example("1.", "-", "`")
@example("1) ", "+ ", "`")
@example("# ", "> ", "\t")
@example("    code", "\tcode", "`` `")
@example("| a | b |\n| - | - |", "[x](javascript:alert(1))", "\\")
def test_no_word_of_a_description_becomes_markup(description: str, owner: str, label: str) -> None:
    def page(description: str, owner: str, label: str) -> str:
        counter = metric.Counter("x_total").where(job="api", path=label)
        one = slo("one", sli.Availability(total=counter, bad=counter.where(code="500")), description=f"{description}é")
        return runbook(service(one, description=f"{description}ü", owner=f"{owner}ö"))

    hostile = page(description, owner, label)
    assert list(shape(hostile)) == list(shape(page("", "", "plain")))
    assert headings(hostile) == headings(page("", "", "plain"))
    for query in blocks(hostile):
        assert check_syntax(query) is None
    inline = [spoken(token) for token in tokens(hostile) if token.type == "inline"]
    assert any(" ".join(f"{description}ü".split()) == text for text in inline)


@given(HOSTILE)
@example("a\\|b")
@example("||")
@example("\\")
def test_a_cell_holds_what_it_was_given(text: str) -> None:
    found = tokens(table(("head", "next"), [(f"x{text}", f"y{text}")]))
    cells = [spoken(token) for token in found if token.type == "inline"]
    assert cells == ["head", "next", " ".join(f"x{text}".split()), " ".join(f"y{text}".split())]


@given(HOSTILE)
@example("```")
@example("`````")
def test_a_block_of_code_ends_where_it_should(text: str) -> None:
    line = " ".join(text.split())
    (block, after) = (t for t in tokens(f"{code_block(line, 'promql')}\n\nafter") if t.type in {"fence", "inline"})
    assert (block.content.rstrip("\n"), spoken(after)) == (line, "after")


@given(HOSTILE)
def test_a_link_keeps_its_address(text: str) -> None:
    (inline,) = (t for t in tokens(link("title", f"https://example.com/{text}")) if t.type == "inline")
    assert [c.type for c in inline.children or ()] == ["link_open", "text", "link_close"]


def test_the_code_in_a_sentence_is_between_its_outer_backticks() -> None:
    (inline,) = (t for t in tokens(sentence('bad when `x{a="`"}` counts it')) if t.type == "inline")
    assert [(c.type, c.content) for c in inline.children or ()] == [
        ("text", "bad when "),
        ("code_inline", 'x{a="`"}'),
        ("text", " counts it"),
    ]


def test_every_command_that_it_names_exists() -> None:
    text = runbook(WITH_CANARY)
    named = {
        tuple(found.split()) for found in re.findall(r"relrails ((?:gate|override|canary)(?: create| recover)?)", text)
    }
    assert named == {("gate",), ("override", "create"), ("canary", "recover")}
    assert "not whose they are" in text  # an approver is a name, and the reader has to know it
    for arguments in named:
        assert main([*arguments, "--help"]) == 0


def test_without_a_policy_a_rollback_is_by_hand() -> None:
    assert "By hand" in sections(runbook(ALL))["Rolling back"]
    assert "Deciding a canary by hand" not in sections(runbook(ALL))


def test_with_a_policy_the_rollback_is_the_one_of_the_controller() -> None:
    assert "kubectl rollout undo deploy/core-api" in sections(runbook(WITH_CANARY))["Rolling back"]
    through = replace(POLICY, rollback=canary.HAProxy(socket="/run/haproxy.sock", backend="core-api"))
    text = sections(runbook(replace(WITH_CANARY, canary=through)))["Rolling back"]
    assert "echo 'set weight core-api/canary 0' | socat stdio unix-connect:/run/haproxy.sock" in text


def test_freezes_are_listed_in_the_order_of_their_time() -> None:
    def freeze(name: str, month: int) -> Freeze:
        start = datetime(2026, month, 1, tzinfo=UTC)
        return Freeze(name=name, start=start, end=start + timedelta(days=3), reason="a|b")

    text = sections(runbook(replace(ALL, freezes=(freeze("late", 12), freeze("early", 2)))))["Asking the gate"]
    assert text.index("early") < text.index("late")
    assert "| 2026-02-01 00:00Z | 2026-02-04 00:00Z | security |" in text
    assert "Releases of class fix and security" in text


def test_what_happens_by_itself_has_the_numbers_of_the_policy() -> None:
    text = sections(runbook(WITH_CANARY))["When something fails"]
    assert "rolled back after 3 looks of 1 min" in text
    assert "held, then rolled back after 15 min" in text
    assert "whatever the class" in sections(runbook(ALL))["When something fails"]
