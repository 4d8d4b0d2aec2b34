"""A page read as a browser would, as far as it takes to see that it is whole and fetches nothing."""

from html.parser import HTMLParser

VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track"),
        "wbr",
    }
)
"""Tags that are never closed."""
FETCHING = frozenset({"src", "srcset", "data", "poster", "action", "background"})
"""Attributes that name what is fetched."""


class Page(HTMLParser):
    """Notes what is open, and what a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and what it would fetch."""
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            linked = name in {"href", "xlink:href"} and tag in {"link", "use", "image"}
            if (name in FETCHING or linked) and value and not value.startswith(("data:", "#")):
                self.faults.append(f"<{tag}> would fetch {value[:60]!a}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that is closed at once."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, and those that HTML lets it close."""
        # HTML lets a few be closed by what comes next.
        while (
            self.open and self.open[-1] != tag and self.open[-1] in {"p", "li", "td", "th", "tr", "tbody", "dt", "dd"}
        ):
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in VOID:
            self.faults.append(f"</{tag}> closes nothing")
