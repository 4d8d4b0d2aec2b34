"""What a file may claim to be, and whether it is: one function for each kind, by the name that an index uses.

Each is given the file, or the folder of a bundle, and gives what is wrong with it; a fault that begins with `UNKNOWN`
says that it could not be told.
"""

import ast
import json
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from relrails.dossier.page import Page

UNKNOWN = "cannot tell: "
Faults = Iterator[str]


def text(file: Path) -> Faults:
    """Any text that is not empty."""
    if not _read(file).strip():
        yield "it is empty"


def markdown(file: Path) -> Faults:
    """Text with a heading."""
    if not re.search(r"^#{1,3} \S", _read(file), re.MULTILINE):
        yield "it has no heading"


def json_document(file: Path) -> Faults:
    """One JSON value, without NaN."""
    _json(_read(file))
    return iter(())


def jsonl(file: Path) -> Faults:
    """One JSON value a line, and at least one."""
    lines = _read(file).splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            _json(line)
        except ValueError as error:
            yield f"line {number} {error}"
    if not lines:
        yield "it is empty"


def yaml_document(file: Path) -> Faults:
    """YAML that holds something."""
    try:
        found = yaml.safe_load(_read(file))
    except yaml.YAMLError as error:
        yield f"it is not YAML: {str(error).splitlines()[0]}"
        return
    if not found:
        yield "it is empty"


def python(file: Path) -> Faults:
    """A Python file that parses, and holds more than its docstring."""
    try:
        body = ast.parse(_read(file)).body
    except SyntaxError as error:
        yield f"it is not Python: {error}"
        return
    if not any(not isinstance(node, ast.Expr) for node in body):
        yield "there is nothing in it"


def prometheus_rules(file: Path) -> Faults:
    """Rules that every promtool there is accepts."""
    from relrails import toolchain
    from relrails.promtool import Promtool, ToolError

    tools = toolchain.find("promtool")
    if not tools:
        yield f"{UNKNOWN}there is no promtool; fix: python -m relrails.toolchain"
    for tool in tools:
        try:
            checked = Promtool(tool).check_rules([file])
        except ToolError as error:
            yield f"{UNKNOWN}{error}"
            continue
        yield from (f"{tool}: {problem.message}" for problem in checked.problems)
        if checked.exit_code != 0 and not checked.problems:
            yield f"{tool} refuses it"


def dashboard(file: Path) -> Faults:
    """A Grafana dashboard: a title, a uid and at least one panel."""
    found = _json(_read(file))
    if not isinstance(found, dict) or not found.get("title") or not found.get("uid"):
        yield "it has no title or no uid"
    elif not found.get("panels"):
        yield "it has no panels"


_SAMPLE = re.compile(
    r'[a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)*\})? '
    r"(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|NaN|[-+]?Inf)(?: [-+]?\d+(?:\.\d+)?)?(?: # \{.*)?"
)


def metrics(file: Path) -> Faults:
    """Metrics as a program exposes them: every line is a comment or a sample, and at least one is a sample."""
    samples = 0
    for number, line in enumerate(_read(file).splitlines(), start=1):
        if line.startswith("#") or not line.strip():
            continue
        samples += 1
        if not _SAMPLE.fullmatch(line):
            yield f"line {number} is no sample: {line[:60]!a}"
    if not samples:
        yield "there is no sample in it"


def html(file: Path) -> Faults:
    """A page that closes what it opens and fetches nothing."""
    page = Page()
    page.feed(_read(file))
    page.close()
    yield from page.faults
    if page.open:
        yield f"<{page.open[-1]}> is not closed"
    if not page.seen & {"body", "svg", "table", "p"}:
        yield "there is nothing to see in it"


def svg(file: Path) -> Faults:
    """A drawing that is well-formed and draws something."""
    root = _xml(file)
    if root.tag.rpartition("}")[2] != "svg":
        yield f"it is <{root.tag.rpartition('}')[2]}>, and no <svg>"
    elif len(root) == 0:
        yield "nothing is drawn in it"


def junit(file: Path) -> Faults:
    """A report of tests, of which at least one ran."""
    root = _xml(file)
    if root.tag not in {"testsuites", "testsuite"}:
        yield f"it is <{root.tag}>, and no report of tests"
    elif next(root.iter("testcase"), None) is None:
        yield "no test is in it"


def png(file: Path) -> Faults:
    """A picture whose every part is whole."""
    data = file.read_bytes()
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        yield "it is no PNG"
        return
    at, names = 8, []
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        part = data[at + 4 : at + 8 + length]
        if at + 12 + length > len(data) or struct.unpack_from(">I", data, at + 8 + length)[0] != zlib.crc32(part):
            yield f"its part at byte {at} is damaged"
            return
        names.append(part[:4])
        at += 12 + length
    if names[:1] != [b"IHDR"] or names[-1:] != [b"IEND"]:
        yield "it was cut"


def bundle(folder: Path) -> Faults:
    """A bundle of evidence that verifies, with its ledger."""
    from relrails.evidence import EvidenceError
    from relrails.evidence.verifying import verify

    try:
        found = verify(folder)
    except EvidenceError as error:
        yield str(error)
        return
    for finding in found.findings:
        if finding.ok is not True:
            yield f"{UNKNOWN if finding.ok is None else ''}{finding.check}: {finding.text}"


def perf_samples(file: Path) -> Faults:
    """Raw samples of a program's runs, enough of them to compare."""
    from relrails.judge.perf import LEAST, Refused
    from relrails.perf.samples import read

    try:
        found = read(file)
    except Refused as error:
        yield str(error)
        return
    if len(found.runs) < LEAST:
        yield f"it holds {len(found.runs)} runs, and fewer than {LEAST} show nothing"


KINDS: dict[str, Callable[[Path], Faults]] = {
    "bundle": bundle,
    "dashboard": dashboard,
    "html": html,
    "json": json_document,
    "jsonl": jsonl,
    "junit": junit,
    "ledger": jsonl,
    "markdown": markdown,
    "metrics": metrics,
    "perf-samples": perf_samples,
    "png": png,
    "prometheus-rules": prometheus_rules,
    "python": python,
    "svg": svg,
    "text": text,
    "yaml": yaml_document,
}
FOLDERS = frozenset({"bundle"})
"""Kinds that are a folder."""


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start}") from None


def _json(found: str) -> Any:
    def refuse(word: str) -> None:
        raise ValueError(f"holds {word}, which is no JSON")

    try:
        return json.loads(found, parse_constant=refuse)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("is not JSON") from None


def _xml(file: Path) -> ET.Element:
    found = _read(file)
    if "<!ENTITY" in found:
        raise ValueError("it declares entities, which may grow without end")
    try:
        return ET.fromstring(found)  # noqa: S314 - no entity is in it, and nothing else in the parser is dangerous
    except ET.ParseError as error:
        raise ValueError(f"it is not XML: {error}") from None
