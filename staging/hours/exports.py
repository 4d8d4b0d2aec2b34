"""The Export Service as one of its clients uses it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from staging.environment import Environment, StagingError
from staging.environment.identities import ANALYST

LOOK_SECONDS = 0.05
TIMEOUT_SECONDS = 20


class Exports:
    """Orders exports for one tenant; logs in anew for each order, as tokens live for minutes and this for hours."""

    def __init__(self, env: Environment, who: str = ANALYST, case: str = "case-1") -> None:
        self._env, self._who, self._case = env, who, case

    def order(self, count: int = 1) -> list[str]:
        """Order some; gives their ids."""
        with self._client() as client:
            return [str(_said(client.post("/exports", json={"case": self._case}))["id"]) for _ in range(count)]

    def end(self, export_id: str, patience: float) -> dict[str, Any]:
        """Wait until one has its pack; raises StagingError when it failed or is not done in time."""
        end = time.monotonic() + patience
        with self._client() as client:
            while time.monotonic() < end:
                export = _said(client.get(f"/exports/{export_id}"))
                if export["state"] == "ready":
                    return export
                if export["state"] == "failed":
                    raise StagingError(f"an export failed: {export}")
                time.sleep(LOOK_SECONDS)
        raise StagingError(f"an export is not ready after {patience:g} s: {export}")

    def delete(self, export_ids: list[str]) -> None:
        """Delete some, wherever they are."""
        with self._client() as client:
            for export_id in export_ids:
                client.delete(f"/exports/{export_id}").raise_for_status()

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self._env.export_service.url,
            headers=self._env.login(self._who),
            trust_env=False,
            timeout=TIMEOUT_SECONDS,
        )


@contextmanager
def stuck_worker(env: Environment) -> Iterator[None]:
    """The worker begins an export, and does not end it before the block does."""
    env.fault("export-service", stuck_worker=True)
    try:
        yield
    finally:
        env.fault("export-service")


def _said(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document
