"""The quick query answers what the first one answered, byte for byte."""

import dataclasses
import json

import pytest

from bench.perf.queries import CASES, VERSIONS, store
from staging.traffic import TEXTS


@pytest.mark.parametrize("limit", [1, 50, 500])
def test_quick_and_first_query_agree(limit: int) -> None:
    with store() as data:
        for case in (*CASES, "case-40", "nowhere"):
            for text in (*TEXTS, "", "%", "no such words"):
                first, quick = (
                    json.dumps(dataclasses.asdict(VERSIONS[version](data, case, text, limit)))
                    for version in ("before", "after")
                )
                assert quick == first, (case, text)
