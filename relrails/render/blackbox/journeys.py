"""A journey of one request as a module of Blackbox."""

from typing import Any
from urllib.parse import quote, urlencode

from relrails.probe import Journey
from relrails.probe.expect import Body, Header, Status
from relrails.promql import duration_text
from relrails.units import exact

_IN_PATHS = "/:@!$&'()*+,;=-._~%"


def module_name(journey: Journey) -> str:
    """Name the module of a journey."""
    return f"journey_{journey.name}"


def address(journey: Journey) -> str:
    """Give the URL that a journey asks for."""
    request = journey.steps[0].request
    target = request.target or journey.target
    query = f"?{urlencode(request.query)}" if request.query else ""
    return f"{target.url.rstrip('/')}{quote(request.path, safe=_IN_PATHS)}{query}"


def module(journey: Journey) -> dict[str, Any]:
    """Give the module: what is sent, and what the answer must be.

    Without an expected status any 2xx will do. Redirects are not followed, as they could leave the origin.
    """
    step = journey.steps[0]
    http: dict[str, Any] = {
        "method": step.request.method,
        "valid_status_codes": sorted({code for e in step.expect if isinstance(e, Status) for code in e.codes}),
        "headers": dict(sorted(step.request.headers.items())),
        "fail_if_header_not_matches": [
            {"header": e.name, "regexp": e.matches or "^", "allow_missing": False}
            for e in step.expect
            if isinstance(e, Header)
        ],
        "fail_if_body_not_matches_regexp": [e.matches for e in step.expect if isinstance(e, Body)],
    }
    return {
        "prober": "http",
        "timeout": duration_text(step.timeout),
        "http": {
            **{field: value for field, value in http.items() if value},
            "fail_if_not_ssl": (step.request.target or journey.target).url.startswith("https:"),
            "follow_redirects": False,
            "body_size_limit": f"{int(exact(step.largest, 'byte'))}B",
            "preferred_ip_protocol": "ip4",
        },
    }
