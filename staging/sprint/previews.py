"""Dashboards as `relrails preview` draws them from what staging's Prometheus holds now."""

import math
import time

from staging.environment import Environment, StagingError
from staging.sprint.commands import relrails
from staging.sprint.place import Place


def drawn(place: Place, env: Environment, since: float, *boards: str, gate: str) -> None:
    """Draw dashboards from `since`, in unix seconds, until now; what was before staging would be an empty half."""
    out = env.folder / "preview"
    minutes = math.ceil((time.time() - since) / 60)
    for name in boards:
        done = relrails(
            env.root, "preview", name, "--prometheus", env.prometheus.url, "--out", str(out), "--from", f"{minutes}m"
        )
        if done.returncode != 0:
            raise StagingError(f"`relrails preview {name}` exited {done.returncode}: {done.stderr}")
        place.copy(out / f"{name}.html", f"preview/{name}.html", "html", f"{name}, drawn from staging", gate)
