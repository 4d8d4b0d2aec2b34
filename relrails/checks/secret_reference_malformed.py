"""A secret that is not where it says.

A reference is `env:NAME` or `file:/absolute/path`. A file is named from the root, since the runner may be started
anywhere. Anything else is more likely the secret itself, which must not stand in a service file.

Flagged:
    post("/login", form={"password": secret("hunter2")})

    post("/login", form={"password": secret("file:secrets/password")})

    post("/login", form={"password": secret("env:MY PASSWORD")})
Fine:
    post("/login", form={"user": secret("env:PROBE_USER"), "password": secret("file:/run/secrets/probe")})
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._secrets import all_secrets
from relrails.problems import Label, Problem
from relrails.service import Service

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/[^\x00-\x1f\x7f]+")


@check("secret/reference-malformed", waivable=False)
def reference_malformed(service: Service) -> Iterator[Problem]:
    """Flag references of another form; the words do not repeat what may be the secret itself."""
    for found in all_secrets(service):
        if _REFERENCE.fullmatch(found.reference):
            continue
        kind = found.reference.partition(":")[0]
        what, said, why = _FAULTS.get(kind, _FAULTS[""])
        yield Problem(
            what=what,
            labels=(Label(at(found, "reference", 0), said),),
            why=why,
            fix='`secret("env:NAME")` or `secret("file:/run/secrets/name")`',
        )


_FAULTS = {
    "file": (
        "a secret is referred to by a path that is not absolute",
        "must begin with `file:/`",
        "whoever reads it may be started in any folder",
    ),
    "env": (
        "a secret is referred to by a name that no variable has",
        "letters, digits and _ after `env:`",
        "it would be looked for in vain, and every run would fail",
    ),
    "": (
        "a secret has no reference",
        "neither `env:` nor `file:`",
        "it would be looked for in vain; if this is the secret itself, it is in the repository and has to be changed",
    ),
}
