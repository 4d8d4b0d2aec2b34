"""The same for Alertmanager's amtool and for the Blackbox Exporter."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from relrails.promtool.answers import Checked, Finding
from relrails.promtool.patterns import read_yaml, texts, unmatched
from relrails.promtool.process import Output, run
from relrails.promtool.reading import QUOTED, finding_in, unquoted

AMTOOL_FAILED = re.compile(r"(?:Checking '.*'\s+|\s+)FAILED: (?P<message>.+)")
AMTOOL_ERROR = re.compile(r"amtool: error: (?P<message>.+)")
BLACKBOX_ERROR = re.compile(rf"(?:level=error|level=ERROR) .*\berr=(?P<error>{QUOTED}|\S+)")


def amtool_check_config(amtool: Path, config: Path | str, *, timeout_seconds: float = 60) -> Checked:
    """Ask amtool about an Alertmanager configuration and its templates."""
    output = run(amtool, ["check-config", "--", str(config)], timeout_seconds)
    return _checked(
        output, (*_amtool_findings(output.text, str(config)), *_missing_templates(Path(config))), str(config)
    )


def blackbox_check_config(blackbox: Path, config: Path | str, *, timeout_seconds: float = 60) -> Checked:
    """Ask the Blackbox Exporter about its configuration; it starts no server for that."""
    output = run(blackbox, ["--config.check", f"--config.file={config}"], timeout_seconds)
    return _checked(output, tuple(_blackbox_findings(output.text, str(config))), str(config))


def _checked(output: Output, problems: tuple[Finding, ...], file: str) -> Checked:
    if output.exit_code != 0 and not problems:
        problems = (Finding(message=f"the tool exited {output.exit_code}: {output.text.strip()}", file=file),)
    return Checked(exit_code=output.exit_code, problems=problems, output=output.text)


def _amtool_findings(text: str, file: str) -> Iterator[Finding]:
    for line in text.splitlines():
        if failed := AMTOOL_FAILED.fullmatch(line):
            if not failed["message"].endswith("yaml: unmarshal errors:"):
                yield finding_in(failed["message"], file)
        elif line.startswith("  line "):
            yield finding_in(line.strip(), file)
        elif (error := AMTOOL_ERROR.fullmatch(line)) and not error["message"].startswith("failed to validate"):
            yield Finding(message=error["message"], file=file)


def _missing_templates(config: Path) -> Iterator[Finding]:
    """Templates that are not there: amtool counts the pattern and passes."""
    try:
        content = read_yaml(config.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return
    patterns = texts(content.get("templates")) if isinstance(content, dict) else ()
    for pattern in unmatched(config, patterns):
        yield Finding(message=f"templates: {pattern} matches no file", file=str(config))


def _blackbox_findings(text: str, file: str) -> Iterator[Finding]:
    for line in text.splitlines():
        logged = BLACKBOX_ERROR.search(line)
        if logged is None:
            continue
        error = unquoted(logged["error"]) if logged["error"].startswith('"') else logged["error"]
        for message in error.removeprefix("error parsing config file: ").splitlines():
            if message != "yaml: unmarshal errors:":
                yield finding_in(message.strip(), file)
