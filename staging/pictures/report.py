"""The report of a rollback: its verdict and its reasons, as its Markdown reads."""

from rich.markdown import Markdown

from staging.environment.component import StagingError
from staging.pictures.sheet import sheet

END = "\n## Facts\n"
"""Where the reasons end."""


def draw(report: str, path: str) -> str:
    """Draw the head of a report; raises StagingError where its reasons have no end."""
    head, end, _ = report.partition(END)
    if not end:
        raise StagingError(f"{path} has no heading {END.strip()!r}, so that nobody can tell where its reasons end")
    return sheet("rollback", path, Markdown(head))
