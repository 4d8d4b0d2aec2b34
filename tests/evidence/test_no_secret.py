"""No secret by which a gate asked its Prometheus gets into evidence, in whatever way the server repeats it."""

import base64
import json
from pathlib import Path

import pytest
from live.test_secrets import FORMS
from lying_prometheus import Asked, Said, serving
from recorded_service import answering

from relrails.cli import main
from relrails.live.prometheus import Endpoint
from relrails.probe import secret

MARKER = "mark/er+4711&='<x>=="
LOGIN = "pa55/w+rd4711"


def echo(asked: Asked) -> Said:
    """Answer well, and repeat in a warning all that was sent, in every form: the worst that a server can do."""
    good = answering()(asked)
    said = json.loads(good.body)
    said["infos"] = [form(value) for form in FORMS.values() for value in (MARKER, LOGIN, *asked.headers.values())]
    return Said(status=good.status, headers=good.headers, body=json.dumps(said).encode())


@pytest.mark.parametrize("broken", [False, True], ids=["json", "no json"])
def test_no_form_of_a_secret_is_in_any_file_of_a_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    basic = base64.b64encode(f"ada:{LOGIN}".encode()).decode()
    monkeypatch.setenv("PROM_KEY", MARKER)
    (tmp_path / "auth").write_text(f"Basic {basic}\n")
    (tmp_path / "services").mkdir()
    (tmp_path / "services/shop.py").write_text("from recorded_service import service as service\n")
    with serving(lambda asked: Said(body=echo(asked).body[:-1]) if broken else echo(asked)) as server:
        arguments = ["--header", "X-Key=env:PROM_KEY", "--header", f"Authorization=file:{tmp_path}/auth"]
        main(["gate", "shop", "--prometheus", server.url, "--record", *arguments])

    (folder,) = (tmp_path / "evidence/shop").iterdir()
    written = "\n".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    # JSON escapes what it holds once more.
    for text in (written, written.replace("\\\\", "\\").replace('\\"', '"')):
        for name, form in FORMS.items():
            for value in (MARKER, LOGIN, basic):
                assert form(value) not in text, name
    assert "***" in written


def test_what_follows_the_scheme_of_a_header_is_a_secret_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH", "Basic " + base64.b64encode(b"ada:pa55word").decode())
    monkeypatch.setenv("TOKEN", "token-4711")
    endpoint = Endpoint(
        url="http://p",
        bearer=secret("env:TOKEN"),
        headers={"X": secret("env:AUTH"), "Y": secret("env:GONE"), "Z": "plain"},
    )

    assert {"token-4711", "pa55word", "ada:pa55word"} <= endpoint.secrets()
    assert "plain" not in endpoint.secrets()
