"""What has been written and not cleaned up: on disk before it is written, so that not even a SIGKILL loses it."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRIES = 20
"""After so many the thing is given up, and that is said; what a service keeps for ever it must remove by itself."""


@dataclass(slots=True)
class Left:
    """A run whose clean-up is due; `values` are what it extracted, secrets left out."""

    env: str
    journey: str
    run_id: str
    values: dict[str, str]
    tries: int = 0


class Pending:
    """The clean-ups that are due, in memory and, where there is a folder, in a file each."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._left: dict[str, Left] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for file in sorted(folder.glob("*.json")):
                self._take_in(file)

    def remember(self, env: str, journey: str, run_id: str, values: Mapping[str, str]) -> None:
        """Note what a clean-up will need."""
        left = self._left.setdefault(run_id, Left(env, journey, run_id, {}))
        left.values.update(values)
        self._write(left)

    def tried(self, left: Left) -> bool:
        """Count a clean-up that failed; tells whether it is given up now."""
        left.tries += 1
        if left.tries >= TRIES:
            self.done(left.run_id)
            return True
        self._write(left)
        return False

    def done(self, run_id: str) -> None:
        """Forget a run that left nothing."""
        left = self._left.pop(run_id, None)
        if left is not None and self._folder is not None:
            self._file(left).unlink(missing_ok=True)

    def of(self, env: str, journey: str) -> tuple[Left, ...]:
        """Give what a journey has left, the oldest first."""
        return tuple(left for left in self._left.values() if (left.env, left.journey) == (env, journey))

    def _write(self, left: Left) -> None:
        if self._folder is None:
            return
        file = self._file(left)
        said = {"env": left.env, "journey": left.journey, "run_id": left.run_id, "values": left.values}
        try:
            fresh = file.with_suffix(".new")
            fresh.write_text(json.dumps({**said, "tries": left.tries}), encoding="utf-8")
            fresh.replace(file)
        except OSError as error:  # it is still known in memory, as long as this process lives
            print(f"relrails: {file} cannot be written: {error.strerror}", file=sys.stderr)  # noqa: T201 - stderr is talk

    def _file(self, left: Left) -> Path:
        assert self._folder is not None  # noqa: S101 - both callers have asked
        return self._folder / f"{left.env}.{left.journey}.{left.run_id}.json"

    def _take_in(self, file: Path) -> None:
        try:
            said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            values = {str(key): str(value) for key, value in said["values"].items()}
            left = Left(str(said["env"]), str(said["journey"]), str(said["run_id"]), values, int(said["tries"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"relrails: {file} cannot be read, what it names may be left over: {error}", file=sys.stderr)  # noqa: T201 - stderr is talk
            return
        self._left[left.run_id] = left
