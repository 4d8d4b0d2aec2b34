"""A target that is not an origin.

A target is scheme, host and port: what a journey may talk to. The path belongs to the steps, and a user and password
belong nowhere in a URL.

Flagged:
    Target(..., url="shop.example.com")

    Target(..., url="https://shop.example.com/v1")

    Target(..., url="https://probe:hunter2@shop.example.com")

    Target(..., url="ftp://shop.example.com")
Fine:
    Target(..., url="https://shop.example.com:8443")
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from relrails.checks import check
from relrails.checks._journey import targets_of
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("target/not-an-origin", waivable=False)
def not_an_origin(service: Service) -> Iterator[Problem]:
    """Flag addresses with less than an origin, and with more."""
    for target in targets_of([service]):
        fault = _fault(target.url)
        if fault is not None:
            yield Problem(
                what=f"the target '{target.name}' is no origin",
                labels=(Label(at(target, "url"), fault),),
                why="a journey may talk to its origins and to nothing else, and nobody could say what this one allows",
                fix='`url="https://shop.example.com"`, and the path in each step',
            )


def _fault(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return str(error).lower()
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "must begin with https:// or http://, and a host"
    if parts.username is not None or parts.password is not None:
        return "has a user or a password in it"
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return "has more than scheme, host and port"
    odd = not url.isprintable() or re.search(r"[\s\"<>{}\\^`|]", url)
    return "has a character that ends an address" if odd or port == 0 else None
