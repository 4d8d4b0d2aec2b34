"""The evidence of a sprint, made anew: staging under load, its alerts, its gate, its drills and its measurements."""

from staging.sprint.running import evidence as evidence
