"""A gate that blocks, as it stands in a terminal."""

from rich.text import Text

from staging.pictures.sheet import sheet

COMMAND = "relrails gate core-api --prometheus http://localhost:9090"


def draw(said: str) -> str:
    """Draw what the gate said, below the command that asked it."""
    text = Text(said.strip("\n"))
    text.highlight_regex(r"^BLOCKED", "bold red")
    text.highlight_regex(r"(?m)^[\w -]+(?=: [A-Z_]+$)", "bold")
    text.highlight_regex(r"(?m)\b[A-Z]+_[A-Z_]+$", "bold yellow")
    text.highlight_regex(r"(?m)^  passes when", "green")
    return sheet("gate", "the gate blocks a release", Text.assemble(("$ ", "green"), (COMMAND, "bold"), "\n"), text)
