"""The one page of a bundle that a human reads."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from relrails.evidence.values import Json
from relrails.render.runbook.markdown import code, table, words

_MEANING = {
    "ALLOW": "The release may go on.",
    "BLOCK": "The release was stopped before it began.",
    "PROMOTE": "The canary was promoted.",
    "ROLLBACK": "The canary was withdrawn.",
    "INCONCLUSIVE": "Nothing could be shown, in either direction.",
}


def report(decision: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """Write report.md from the files that stand beside it, so that it can say nothing that they do not."""
    return "\n\n".join(part for part in _parts(decision, files) if part) + "\n"


def _parts(decision: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    yield f"# {words(decision['verdict'])}: {words(decision['service'])}, {words(decision['timings']['decided'])}"
    yield _said(decision)
    yield from _why(decision["reasons"])
    yield _facts(decision, files)
    yield from _listed("What happened", ("at", "from", "to", "reason", "actor"), files["timeline.jsonl"])
    yield from _actions(files["actions.jsonl"])
    if "override.json" in files:
        yield "## The override"
        told = json.loads(files["override.json"])
        yield table(("field", "value"), [(name, _shown(told[name])) for name in sorted(told)])
    yield _seal(decision["signer"])


def _said(decision: Mapping[str, Any]) -> str:
    said = [_MEANING.get(decision["verdict"], "")]
    if decision["verdict_auto"] != decision["verdict"]:
        auto = decision["verdict_auto"]
        judged = "the judge had not decided yet" if auto is None else f"by itself the judge said **{words(auto)}**"
        said.append(f"An override decided so; {judged}.")
    said.append(f"The run ended in the state **{words(decision['state'])}**.")
    if decision["mode"] == "shadow":
        said.append("It ran in shadow mode: nothing was acted on.")
    if decision["drill"]:
        said.append("This was a drill.")
    if decision["verdict"] == "ROLLBACK" and decision["timings"]["acted"] is None and decision["mode"] == "enforce":
        said.append("**The rollback was decided, and is not known to have been done.**")
    elif decision["verdict"] == "ROLLBACK" and decision["timings"]["restored"] is None:
        said.append("**It was not seen that the service recovered.**")
    return " ".join(part for part in said if part)


def _why(reasons: list[dict[str, Any]]) -> Iterator[str]:
    yield "## Why"
    if not reasons:
        yield "No reason was given."
        return
    for number, reason in enumerate(reasons, start=1):
        yield f"{number}. {code(reason['code'])} {words(reason['text'])}"
    head = ("reason", "check", "observed", "threshold", "units", "window")
    yield table(head, [(r["code"], *(_shown(r[field]) for field in head[1:])) for r in reasons])


def _facts(decision: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    artifacts = decision["artifacts"]
    rows = [
        ("id", decision["id"]),
        ("environment", decision["env"]),
        ("canary", _artifact(artifacts["canary"])),
        ("stable", _artifact(artifacts["stable"])),
        ("watched from", decision["window"]["start"]),
        ("first bad", _shown(decision["timings"]["first_bad"])),
        ("decided", decision["timings"]["decided"]),
        ("acted", _shown(decision["timings"]["acted"])),
        ("restored", _shown(decision["timings"]["restored"])),
        ("looks", str(files["windows.jsonl"].count(b"\n"))),
        ("queries", str(files["queries.jsonl"].count(b"\n"))),
        ("passed", ", ".join(decision["checks"]["passed"]) or "-"),
        ("failed", ", ".join(decision["checks"]["failed"]) or "-"),
        ("policy, sha256", decision["policy_sha256"]),
        *sorted((name, _shown(value)) for name, value in decision["ids"].items()),
    ]
    return "## Facts\n\n" + table(("", "value"), rows)


def _listed(title: str, fields: tuple[str, ...], data: bytes) -> Iterator[str]:
    entries = [json.loads(entry) for entry in data.splitlines()]
    if entries:
        yield f"## {title}"
        yield table(fields, [tuple(_shown(entry[field]) for field in fields) for entry in entries])


def _actions(data: bytes) -> Iterator[str]:
    entries = [json.loads(entry) for entry in data.splitlines()]
    if entries:
        yield "## What was run"
        for entry in entries:
            ended = "did not end by itself" if entry["exit_code"] is None else f"exit code {entry['exit_code']}"
            yield f"- {code(' '.join(map(str, entry['argv'])))}: {ended}, {entry['start']} to {entry['end']}"


def _seal(signer: str | None) -> str:
    signed = (
        "This bundle is **unsigned**: its hashes show that a file was changed, and not who wrote it."
        if signer is None
        else f"This bundle is signed with the ed25519 key {code(signer)}."
    )
    return (
        f"## How to check this\n\n{signed} The ledger beside it holds a chain of hashes, which shows later changes by"
        " anybody who cannot rewrite the whole folder; compare its head with the one that was told elsewhere.\n\n"
        "- `sha256sum -c MANIFEST.sha256`: no file was changed; needs nothing of relrails.\n"
        "- `relrails evidence verify .`: nothing was changed, added or removed, and the stored counts still give this"
        " verdict."
    )


def _artifact(artifact: Mapping[str, str] | None) -> str:
    return "-" if artifact is None else f"{artifact['name']} {artifact['digest']}"


def _shown(value: Json) -> str:
    match value:
        case None:
            return "-"
        case bool() | int() | str():
            return str(value)
        case float():
            return format(value, ".6g")
        case _:
            return json.dumps(value, sort_keys=True, ensure_ascii=False)
