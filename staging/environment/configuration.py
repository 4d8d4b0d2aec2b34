"""Copies of the generated configuration: the same rules and routes, with addresses that exist here.

What is changed in the copies, and nothing else:
- every file of targets holds the addresses of this environment. As there is no TLS here, what shakes hands elsewhere
  only connects;
- every receiver of alerts becomes one webhook to the environment's own receiver. Routes, grouping and inhibition stay;
- with a Pace, intervals of scraping, of evaluating and of grouping are shortened, so that a test need not wait minutes;
  where it says so, the waits and the windows of rules too.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from staging.environment.component import StagingError
from staging.environment.pace import Pace, hurried


def prometheus(generated: Path, into: Path, addresses: Mapping[str, str], pace: Pace | None) -> Path:
    """Copy prometheus.yml, its rules and its targets; `addresses` are host:port by job or by what is probed."""
    source = _existing(generated / "prometheus")
    (into / "targets").mkdir(parents=True)
    (into / "rules").mkdir()
    config = _read(source / "prometheus.yml")
    if pace is not None and pace.evaluate is not None:
        config["global"] |= {"evaluation_interval": pace.evaluate}
    if pace is not None and pace.scrape is not None:
        config["global"] |= {"scrape_interval": pace.scrape}
        for job in config["scrape_configs"]:
            job |= {"scrape_interval": pace.scrape, "scrape_timeout": pace.scrape}
    _write(into / "prometheus.yml", config)
    for file in sorted((source / "rules").glob("*.yml")):
        if pace is None:
            shutil.copyfile(file, into / "rules" / file.name)
            continue
        rules = _read(file)
        hurried(rules["groups"], pace)
        _write(into / "rules" / file.name, rules)
    for file in sorted((source / "targets").glob("*.yml")):
        entries = [_here(entry, file.stem, addresses) for entry in _read(file)]
        _write(into / "targets" / file.name, [entry for entry in entries if entry is not None])
    return into / "prometheus.yml"


def alertmanager(generated: Path, into: Path, receiver: str, pace: Pace | None) -> Path:
    """Copy alertmanager.yml and its templates, all receivers turned to the environment's own."""
    source = _existing(generated / "alertmanager")
    shutil.copytree(source, into)
    config = _read(into / "alertmanager.yml")
    config["receivers"] = [
        {
            "name": known["name"],
            "webhook_configs": [{"url": f"{receiver}/{known['name']}", "send_resolved": True}],
        }
        for known in config["receivers"]
    ]
    if pace is not None:
        _hurry(config["route"], pace)
    _write(into / "alertmanager.yml", config)
    return into / "alertmanager.yml"


def blackbox(generated: Path, into: Path) -> Path:
    """Copy blackbox.yml, without TLS where a host is only connected to."""
    config = _read(_existing(generated / "blackbox") / "blackbox.yml")
    for module in config["modules"].values():
        module.get("tcp", {}).pop("tls", None)
    into.mkdir()
    _write(into / "blackbox.yml", config)
    return into / "blackbox.yml"


def _here(entry: dict[str, Any], job: str, addresses: Mapping[str, str]) -> dict[str, Any] | None:
    """A list of targets with this environment's addresses; None where it has nothing of the kind."""
    if job not in addresses:
        return None
    labels = entry.get("labels", {})
    if "__param_target" in labels:
        probed = addresses.get(labels.get("target", ""))
        if probed is None:
            return None
        url = labels["__param_target"].startswith(("http://", "https://"))
        labels = labels | {"__param_target": f"http://{probed}/" if url else probed}
    return {"targets": [addresses[job]], "labels": labels} if labels else {"targets": [addresses[job]]}


def _hurry(route: dict[str, Any], pace: Pace) -> None:
    route |= {"group_wait": pace.group, "group_interval": pace.group}
    for child in route.get("routes", []):
        _hurry(child, pace)


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise StagingError(f"{folder} is missing\n  fix: `relrails generate` writes it")
    return folder


def _read(file: Path) -> Any:
    if not file.is_file():
        raise StagingError(f"{file} is missing\n  fix: `relrails generate` writes it")
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _write(file: Path, document: Any) -> None:
    file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
