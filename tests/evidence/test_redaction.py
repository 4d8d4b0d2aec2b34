"""No secret is in any file of a bundle, and what is not secret still says what it said."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.bundles import NOON, bundle, events
from relrails.evidence import Action, Bundle, Query, Redaction, Transition, write
from relrails.evidence.masking import is_secret_name, mask_text, mask_url
from relrails.evidence.redacting import Redactor
from relrails.evidence.verifying import verify
from relrails.evidence.writing import LARGEST_RESPONSE, printed
from relrails.judge.canary import Failed

WORDS = st.text("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=12, max_size=40)
ANYTHING = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=10, max_size=30).filter(
    lambda text: len(set(text)) > 5 and not text.isspace() and text.strip() == text
)


def asked(**fields: Any) -> Bundle:
    told: dict[str, Any] = {"promql": "up", "at": NOON, "status": 200, "milliseconds": 1.0, **fields}
    return replace(bundle(), queries=(Query(**told),))


def done(*argv: str, output: str = "") -> Bundle:
    return replace(bundle(), actions=(Action(argv=argv, started=NOON, ended=NOON, exit_code=0, output=output),))


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


# Each plants a secret where secrets turn up, and is told nothing about it.
PLACES = {
    "password of a URL": lambda s: asked(url=f"https://bob:{quote(s, safe='')}@prometheus.example.com/api"),
    "name in a URL": lambda s: asked(url=f"https://{quote(s, safe='')}@prometheus.example.com/api"),
    "parameter of a URL": lambda s: asked(url=f"https://prometheus.example.com/api?apikey={quote(s, safe='')}&time=1"),
    "unnamed parameter": lambda s: asked(url=f"https://prometheus.example.com/api?{quote(s, safe='')}"),
    "fragment of a URL": lambda s: asked(url=f"https://example.com/#access_token={quote(s, safe='')}"),
    "URL in an error": lambda s: asked(error=f"GET http://u:{quote(s, safe='')}@h:9090/ timed out", status=None),
    "webhook": lambda s: done("curl", f"https://hooks.slack.com/services/T1/B1/{s}"),
    "header in a body": lambda s: asked(body=body({"headers": {"X-Anything": s}})),
    "field of a body": lambda s: asked(body=body({"deep": [{"client_secret": s}]})),
    "label of a body": lambda s: asked(body=body({"data": {"result": [{"metric": {"customer": s}}]}})),
    "annotation of a body": lambda s: asked(body=body({"alerts": [{"annotations": {"who": s}}]})),
    "label in a query": lambda s: asked(promql=f'up{{customer="{s}"}}'),
    "label in a query, single quotes": lambda s: asked(promql=f"up{{customer=~'{s}|x'}}"),
    "label in a query, backticks": lambda s: asked(promql=f"up{{customer!=`{s}`}}"),
    "label in an error body": lambda s: asked(body=body({"error": f'bad query: up{{customer="{s}"}}'}), status=400),
    "label in a warning": lambda s: asked(warnings=(f'metric up{{customer="{s}"}} might not be a counter',)),
    "body that is not JSON": lambda s: asked(body=f'{{"metric":{{"customer":"{s}"}}'.encode()),
    "HTML": lambda s: asked(body=f"<p>Authorization: Bearer {s}</p>".encode()),
    "option": lambda s: done("deploy", "--token", s, "--fast"),
    "option that begins with a dash": lambda s: done("deploy", "--api-key", f"-{s}"),
    "option with an equals sign": lambda s: done("deploy", f"--client-secret={s}"),
    "curl's user": lambda s: done("curl", "-u", f"bob:{s}", "https://example.com"),
    "curl's header": lambda s: done("curl", "-H", f"Authorization: Basic {s}", "https://example.com"),
    "variable": lambda s: done("env", f"DEPLOY_TOKEN={s}", "deploy"),
    "variable in a shell": lambda s: done("sh", "-c", f"PASSWORD='{s} two' deploy"),
    "output": lambda s: done("deploy", output=f"login ok\npassword: {s}\n"),
    "JSON in the output": lambda s: done("deploy", output=json.dumps({"token": s})),
    "cookie in the output": lambda s: done("deploy", output=f"Set-Cookie: id={s}; HttpOnly"),
    "policy": lambda s: replace(bundle(), policy={"prometheus": {"password": s}}),
    "environment": lambda s: replace(bundle(), policy={"environ": {"ANY": s}}),
    "override": lambda s: replace(bundle(), override={"reason": f"see https://u:{quote(s, safe='')}@wiki"}),
    "timeline": lambda s: replace(
        bundle(), timeline=(Transition(at=NOON, old="A", new="B", reason=f"token={s}", actor="x"),)
    ),
}


def spelled(secret: str) -> list[bytes]:
    forms = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], secret.encode().hex()}
    return [form.encode() for form in forms] + [base64.b64encode(secret.encode()).rstrip(b"=")[:-1]]


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=10)
@given(secret=WORDS)
def test_a_secret_never_appears_in_any_file(place: str, secret: str) -> None:
    kept = printed(PLACES[place](secret), Redaction(), None, LARGEST_RESPONSE)

    found = [name for name, data in kept.items() if any(form in data for form in spelled(secret))]
    assert found == []


@settings(max_examples=60)
@given(
    secret=ANYTHING,
    spelling=st.sampled_from(
        [
            lambda s: s,
            lambda s: quote(s, safe=""),
            quote_plus,
            json.dumps,
            lambda s: json.dumps(s, ensure_ascii=False),
            lambda s: "x" + base64.b64encode(s.encode()).decode(),
            lambda s: base64.b64encode(b"u:" + s.encode()).decode(),
            lambda s: base64.b64encode(b"us:" + s.encode() + b"!").decode(),
            lambda s: base64.urlsafe_b64encode(b"user:" + s.encode()).decode(),
        ]
    ),
)
def test_a_secret_that_we_are_told_of_is_found_in_any_spelling(secret: str, spelling: Any) -> None:
    text = f"so {spelling(secret)} was said"
    told = [*events(30), Failed(text=text, at=300)]
    made = replace(
        bundle(happened=told),
        actions=(Action(argv=(text,), started=NOON, ended=NOON, exit_code=0, output=text),),
        override={text: text},
        queries=(Query(promql="up", at=NOON, status=200, milliseconds=1, body=text.encode(), error=text),),
    )

    kept = printed(made, Redaction(secrets=(secret,)), None, LARGEST_RESPONSE)

    forms = [secret.encode(), quote(secret, safe="").encode(), spelling(secret).encode()]
    assert [name for name, data in kept.items() if any(form in data for form in forms)] == []


def test_a_bundle_from_which_secrets_were_taken_is_judged_again_like_any_other(tmp_path: Path) -> None:
    told = [*events(30), Failed(text="could not log in with token=hunter22hunter22", at=300)]

    folder = write(bundle(happened=told), tmp_path, redaction=Redaction(secrets=("core-api",)))

    assert verify(folder).ok is True
    assert "hunter22" not in (folder / "windows.jsonl").read_text()


def test_equal_label_values_stay_equal_within_a_bundle_and_say_nothing_across_bundles(tmp_path: Path) -> None:
    def of(name: str, minute: int) -> Bundle:
        made = asked(
            promql='up{tenant="acme"}',
            body=body({"data": {"result": [{"metric": {"tenant": "acme"}}, {"metric": {"tenant": "other"}}]}}),
        )
        return replace(made, decision=bundle(name, after=timedelta(minutes=minute)).decision)

    told = []
    for name, minute in (("one", 1), ("two", 2)):
        folder = write(of(name, minute), tmp_path)
        (answer,) = (folder / "responses").iterdir()
        first, second = (r["metric"]["tenant"] for r in json.loads(answer.read_bytes())["data"]["result"])
        query = json.loads((folder / "queries.jsonl").read_bytes())["promql"]
        assert query == f'up{{tenant="{first}"}}'
        assert first != second
        told.append(first)

    assert told[0] != told[1]


def test_labels_that_say_nothing_about_a_customer_are_kept(tmp_path: Path) -> None:
    folder = write(asked(promql='x{job="core-api",code=~"5..",le="0.3"}'), tmp_path)

    assert 'x{job=\\"core-api\\",code=~\\"5..\\",le=\\"0.3\\"}' in (folder / "queries.jsonl").read_text()


def test_what_was_taken_out_is_counted_by_its_place(tmp_path: Path) -> None:
    made = asked(body=body({"data": {"result": [{"metric": {"tenant": name}} for name in "abc"]}}))

    folder = write(made, tmp_path)

    counts = json.loads((folder / "redactions.json").read_bytes())["counts"]
    assert counts == {"responses/*#/data/result/*/metric/tenant": 3}


def test_a_reference_to_a_secret_is_no_secret() -> None:
    kept = Redactor(Redaction()).document("policy.json", {"token": "env:PROM_TOKEN", "password": "file:/run/x"})

    assert kept == {"token": "env:PROM_TOKEN", "password": "file:/run/x"}


def test_a_long_answer_is_cut_after_it_was_redacted_and_says_so(tmp_path: Path) -> None:
    series = [{"metric": {"tenant": f"customer-{n}"}, "value": [1, "2"]} for n in range(500)]
    folder = write(asked(body=body({"data": {"result": series}})), tmp_path, largest_response=2000)

    (answer,) = (folder / "responses").iterdir()
    kept = json.loads(answer.read_bytes())
    assert kept["truncated"] is True
    assert kept["bytes"] > 2000 >= len(kept["cut"])
    assert "customer-" not in answer.read_text()
    assert verify(folder).ok is True


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.com/a/b?time=1&step=15", "https://example.com/a/b?time=1&step=15"),
        ("http://127.0.0.1:9090/api/v1/query?query=up", "http://127.0.0.1:9090/api/v1/query?query=***"),
        ("http://bob:pw@h:9090/x", "http://***@h:9090/x"),
        ("http://bob:p@w@h/x", "http://***@h/x"),
        ("http://bob:p/w@h/x", "http://***@h/x"),
        ("http://[::1]:9090/a@b", "http://[::1]:9090/a@b"),
        ("http://h:9090/pkg@1.2", "http://h:9090/pkg@1.2"),
        ("https://h/?a=1&sig=2;x=3#t=4", "https://h/?a=***&sig=***;x=***#t=***"),
        ("https://h/#anchor", "https://h/#anchor"),
    ],
)
def test_urls_keep_what_finds_the_place(url: str, kept: str) -> None:
    assert mask_url(url) == kept


@pytest.mark.parametrize("name", ["password", "API_TOKEN", "--client-secret", "xAuthKey", "apiKey", "PASSWORD_PROD"])
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["auth_query", "tokens_total", "author", "keyboard", "secretary", "policy", "path"])
def test_names_that_only_look_like_it(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "canary errs 5.0 times as often as stable (30 of 600)",
        "step auth: 3 of 5 runs failed",
        "sha256:0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427",
        "the canary is silent and the stable version is not",
    ],
)
def test_ordinary_sentences_stay_as_they_are(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQ\n-----END PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "glsa_abcdefghijklmnop_12345678",
    ],
)
def test_secrets_are_known_by_their_shape(secret: str) -> None:
    assert secret not in mask_text(f"it said {secret} and ended")
