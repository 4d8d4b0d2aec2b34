"""Drills: what must happen when a release, a controller or a dependency goes bad, seen on real processes."""

from staging.drill.running import drill as drill
