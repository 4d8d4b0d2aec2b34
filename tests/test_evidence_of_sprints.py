"""The evidence that is kept here: every file that an index names exists, parses, and is what the index says of it."""

from pathlib import Path

import pytest

from relrails.dossier import check

ROOT = Path(__file__).parent.parent / ".evidence"
SPRINTS = sorted(folder for folder in ROOT.iterdir() if folder.is_dir()) if ROOT.is_dir() else []


def test_there_is_evidence_of_the_sprint() -> None:
    assert [sprint.name for sprint in SPRINTS] == ["sprint-29"]


@pytest.mark.parametrize("sprint", SPRINTS, ids=lambda sprint: str(sprint.name))
def test_every_file_is_what_its_index_says(sprint: Path) -> None:
    assert {folder.name for folder in sprint.iterdir() if folder.is_dir()} == {"slo", "probes", "canary", "cost-perf"}
    assert list(check(sprint)) == []
