"""What a step sends: a method, a path, and what goes with them.

`{name}` in a path, a header, a query or a body is replaced by what an earlier step extracted, or by `{run_id}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from relrails.probe.secret import Secret
from relrails.probe.target import Target
from relrails.source import Source, here

Method = Literal["GET", "HEAD", "POST", "PUT", "DELETE"]
Values = Mapping[str, str | Secret]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One HTTP request; `target` is where it goes when that is not the journey's own target.

    At most one of `json`, `form` and `body` is given. Secrets may stand in headers, in the form and in JSON values.
    """

    method: Method
    path: str
    target: Target | None = None
    headers: Values = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Values | None = None
    body: str | None = None
    source: Source = field(default_factory=here, compare=False, repr=False)


def get(
    path: str, *, target: Target | None = None, headers: Values | None = None, query: Mapping[str, str] | None = None
) -> Request:
    """Fetch: `get("/v1/graph", query={"case": "{case}"})`."""
    return Request(method="GET", path=path, target=target, headers=headers or {}, query=query or {})


def head(path: str, *, target: Target | None = None, headers: Values | None = None) -> Request:
    """Fetch the headers only."""
    return Request(method="HEAD", path=path, target=target, headers=headers or {})


def post(
    path: str,
    *,
    target: Target | None = None,
    headers: Values | None = None,
    json: Any = None,
    form: Values | None = None,
    body: str | None = None,
) -> Request:
    """Send: `post("/exports", json={"case": "{case}"})`."""
    return Request(method="POST", path=path, target=target, headers=headers or {}, json=json, form=form, body=body)


def put(path: str, *, target: Target | None = None, headers: Values | None = None, json: Any = None) -> Request:
    """Replace."""
    return Request(method="PUT", path=path, target=target, headers=headers or {}, json=json)


def delete(path: str, *, target: Target | None = None, headers: Values | None = None) -> Request:
    """Remove: `delete("/exports/{export_id}")`."""
    return Request(method="DELETE", path=path, target=target, headers=headers or {})
