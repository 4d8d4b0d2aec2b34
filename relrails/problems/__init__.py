"""What is wrong with a description: the values, their order, and how they are shown."""

from collections.abc import Iterable, Sequence

from relrails.problems.drawing import draw
from relrails.problems.model import Label, Problem, Severity
from relrails.problems.report import github, to_dict

__all__ = ["Label", "Problem", "Severity", "draw", "github", "has_errors", "sorted_problems", "tally", "to_dict"]


def sorted_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Put problems in the order in which their files are read; the same problem is told once."""
    return sorted(dict.fromkeys(problems), key=lambda p: (*_place(p), p.severity.rank, p.code, p.what))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Tell whether anything must not be written."""
    return any(p.severity is Severity.ERROR for p in problems)


def tally(problems: Sequence[Problem], services: int, out: str = "generated/") -> str:
    """Sum a run up in one line: `6 problems in 2 services; generated/ is unchanged`."""
    counts = {s: sum(p.severity is s for p in problems) for s in Severity}
    kinds = [_count(n, s.value) for s, n in counts.items() if n]
    where = f"in {_count(services, 'service')}"
    match kinds:
        case []:
            return f"no problems {where}"
        case [only]:
            said = _count(counts[Severity.ERROR], "problem") if counts[Severity.ERROR] else only
        case _:
            said = f"{_count(len(problems), 'problem')} ({', '.join(kinds)})"
    unchanged = f"; {out} is unchanged" if counts[Severity.ERROR] else ""
    return f"{said} {where}{unchanged}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _place(problem: Problem) -> tuple[str, int, int]:
    if not problem.labels:
        return "", 0, 0
    span = problem.labels[0].span
    return span.file, span.line or 0, span.column or 0
