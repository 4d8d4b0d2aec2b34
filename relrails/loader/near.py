"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def near(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that is most like this one, if any is."""
    names = sorted(known)
    exact = get_close_matches(name, names, n=1, cutoff=0.75)
    if exact:
        return exact[0]
    by_lower = {k.lower(): k for k in names}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
