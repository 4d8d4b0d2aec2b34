"""How long everything takes, and how much it takes to pass a limit: as declared, or as a test has time for."""

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Seconds, but for `waiting`; by default those of services/export_service.py and of its rules.

    `deep` to `blind` are what each alert waits for. A ticket may be later by two evaluations and a scrape: one
    evaluation may have just been before the limit was passed, and one just before the wait was over.
    """

    waiting: int = 500
    """How many exports may wait."""
    oldest: float = 15 * MINUTE
    longest: float = 10 * MINUTE
    slow: float = 2 * MINUTE
    deep: float = 5 * MINUTE
    not_draining: float = 10 * MINUTE
    old: float = MINUTE
    stuck: float = MINUTE
    runtime: float = 5 * MINUTE
    growth: float = HOUR
    blind: float = 15 * MINUTE
    hour: float = HOUR
    """What is an hour to the rules of jobs."""
    day: float = DAY
    """What is a day to the rules of storage."""
    minutes: float = MINUTE + 15
    """An evaluation of queues and jobs, and a scrape."""
    fives: float = 5 * MINUTE + 15
    """An evaluation of storage, and a scrape."""
    slack: float = 15.0
    """For what is between an evaluation and us: Alertmanager, and a machine that does other things."""

    def ticket(self, wait: float, evaluation: float) -> float:
        """How long after a limit was passed its ticket must be here."""
        return wait + 2 * evaluation + self.slack
