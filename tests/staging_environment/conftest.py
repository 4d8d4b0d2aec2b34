"""The two services, started once for the tests that only talk to them."""

from collections.abc import Iterator

import httpx
import pytest

from staging.environment import Environment
from staging_environment.client import SMALL


@pytest.fixture(scope="session")
def services() -> Iterator[Environment]:
    with Environment(size=SMALL) as env:
        yield env


@pytest.fixture
def env(services: Environment) -> Iterator[Environment]:
    """Services that are well when a test begins, and when it ends."""
    yield services
    for name in ("core-api", "export-service"):
        services.fault(name)


@pytest.fixture
def core_api(env: Environment) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=env.core_api.url, headers=env.login(), trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def exports(env: Environment) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=env.export_service.url, headers=env.login(), trust_env=False, timeout=20) as client:
        yield client
