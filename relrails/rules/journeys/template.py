"""Pieces of Prometheus' alert templates: what is asked when the alert fires, and text that stays text."""

from relrails.promql import Expr, text
from relrails.promql.printer import quoted


def literal(words: str) -> str:
    """Write words that no `{{` in them can make code."""
    return words.replace("{{", '{{ "{{" }}')


def asked(expr: Expr, found: str, otherwise: str = "") -> str:
    """Ask Prometheus, and write `found` of what it gives or, where it gives nothing, `otherwise`."""
    line = text(expr)
    argument = quoted(line) if "`" in line else f"`{line}`"
    other = f"{{{{ else }}}}{otherwise}" if otherwise else ""
    return f"{{{{ with query {argument} }}}}{found}{other}{{{{ end }}}}"


def value(form: str) -> str:
    """Write the value of what was asked, as `printf` forms it."""
    return f'{{{{ . | first | value | printf "{form}" }}}}'


def first(inner: str, by: str) -> str:
    """Take the first of what was asked, sorted by a label, so that two answers are always in the same order."""
    return f'{{{{ with . | sortByLabel "{by}" | first }}}}{inner}{{{{ end }}}}'


def label(name: str) -> str:
    """Write a label of the one that was taken."""
    return f"{{{{ .Labels.{name} }}}}"


def by_label(name: str, words: dict[str, str]) -> str:
    """Write the words that belong to a value of a label."""
    parts = [f'if eq .Labels.{name} "{key}" }}}}{literal(said)}' for key, said in words.items()]
    return f"{{{{ {'{{ else '.join(parts)}{{{{ end }}}}" if parts else ""
