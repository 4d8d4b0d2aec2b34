"""Runs an application until SIGTERM, then lets what was begun end before it exits with 0."""

import argparse
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from staging.serving import logs

DRAIN_SECONDS = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a service is started with; secrets come from files."""

    host: str
    port: int
    data: Path
    clients: Path
    token_key: str
    admin_token: str


def settings(arguments: argparse.Namespace) -> Settings:
    """Settings from the command line."""
    host, _, port = arguments.listen.rpartition(":")
    return Settings(
        host=host,
        port=int(port),
        data=arguments.data,
        clients=arguments.clients,
        token_key=_secret(arguments.token_key_file),
        admin_token=_secret(arguments.admin_token_file) if arguments.admin_token_file else "",
    )


def parser(service: str) -> argparse.ArgumentParser:
    """The options that both services have."""
    made = argparse.ArgumentParser(prog=f"python -m staging.{service.replace('-', '_')}")
    made.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    made.add_argument("--data", type=Path, required=True, help="folder for the database and the audit log")
    made.add_argument("--clients", type=Path, required=True, help="JSON file with who may log in")
    made.add_argument(
        "--token-key-file", type=Path, required=True, help="key that signs tokens; shared by the services"
    )
    made.add_argument("--admin-token-file", type=Path, help="who shows it may set faults; without it nobody can")
    return made


def serve(service: str, given: Settings, build: Callable[[Settings], ASGIApp]) -> int:
    """Serve until SIGTERM or SIGINT."""
    logs.start(service)
    given.data.mkdir(parents=True, exist_ok=True)
    app = build(given)
    config = uvicorn.Config(
        app,
        host=given.host,
        port=given.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who is connected is who is connected, whatever a header says
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    # uvicorn handles the signals while it runs and raises them again afterwards, which would be our end without this.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    server = uvicorn.Server(config)
    server.run()
    log.info("stopped", extra={"fields": {"pid": os.getpid()}})
    return 0 if server.started else 1


def _secret(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()
