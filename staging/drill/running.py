"""All drills one after another, and what is said of them."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from staging.drill import dependency, releases
from staging.drill.stage import stage
from staging.drill.story import Story, Told
from staging.environment import StagingError

STORIES = (
    Story(name="twin", purpose="two equal versions: promoted", play=releases.twin),
    Story(name="regression", purpose="a bad release: rolled back by itself", play=releases.regression),
    Story(name="killed", purpose="the controller is killed: rolled back", play=releases.killed),
    Story(name="dependency", purpose="the database dies: degraded, paged, recovered", play=dependency.dependency),
)


def drill(out: Path, names: Sequence[str] = ()) -> int:
    """Play the drills; 0 when everything happened that had to, else 1. Evidence and report.md are left in `out`."""
    chosen = [story for story in STORIES if not names or story.name in names]
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    told = []
    for story in chosen:
        sys.stderr.write(f"drill: {story.name}: {story.purpose}\n")
        found = Told(name=story.name, purpose=story.purpose)
        try:
            # A stage of its own: what one drill has broken must not page, or excuse, in the next.
            with stage(out / "evidence") as ready:
                story.play(ready, found)
        except StagingError as error:
            found.expect("the drill comes to its end", False, str(error))
        told.append(found)
        for seen in found.seen:
            sys.stdout.write(f"{'ok  ' if seen.ok else 'FAIL'} {story.name}: {seen.what}: {seen.text}\n")
        sys.stdout.flush()
    (out / "report.md").write_text(_report(told, out), encoding="utf-8")
    facts = [
        {
            "drill": t.name,
            "passed": t.passed,
            "bundle": None if t.bundle is None else str(t.bundle.relative_to(out)),
            "seen": [{"what": s.what, "ok": s.ok, "text": s.text} for s in t.seen],
        }
        for t in told
    ]
    (out / "report.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"drill: the report is {out / 'report.md'}\n")
    return 0 if all(t.passed for t in told) else 1


def _report(told: Sequence[Told], out: Path) -> str:
    lines = ["# Drills", ""]
    for t in told:
        lines += [
            f"## {t.name}: {'passed' if t.passed else 'FAILED'}",
            "",
            f"{t.purpose[0].upper()}{t.purpose[1:]}.",
            "",
        ]
        lines += [f"- {'yes' if s.ok else '**NO**'}: {s.what} ({s.text})" for s in t.seen]
        if t.bundle is not None:
            place = t.bundle.relative_to(out)
            lines += ["", f"Evidence: [{place}]({place}/report.md); `relrails evidence verify {place}`"]
        lines.append("")
    return "\n".join(lines)
