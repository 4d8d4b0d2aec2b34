"""Options that several commands have."""

from pathlib import Path

import click

services = click.option(
    "--services",
    "services_dir",
    type=click.Path(path_type=Path),
    default=Path("services"),
    show_default=True,
    metavar="DIR",
    help="Folder of the service files.",
)
out = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("generated"),
    show_default=True,
    metavar="DIR",
    help="Folder that is written.",
)
form = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="text for people, json for programs, github for annotations on a pull request.",
)


def _digest(_ctx: click.Context, _parameter: click.Parameter, text: str) -> str:
    import re

    if text and not re.fullmatch(r"sha256:[0-9a-f]{64}", text):
        raise click.BadParameter(
            "not a digest: sha256: and 64 hexadecimal digits. A tag may mean something else tomorrow"
        )
    return text


artifact = click.option(
    "--artifact",
    default="",
    metavar="DIGEST",
    callback=_digest,
    help="What is released, as sha256:…; overrides are bound to it.",
)
state = click.option(
    "--state",
    "state_dir",
    type=click.Path(path_type=Path),
    default=Path(".relrails-canary"),
    show_default=True,
    metavar="DIR",
    help="Where a run remembers itself; must outlive the process.",
)
sign = click.option(
    "--sign-with",
    "sign_with",
    metavar="REF",
    help="Sign the evidence with the ed25519 key behind a reference: file:KEY or env:NAME; needs relrails[sign].",
)
evidence = click.option(
    "--evidence",
    "evidence_dir",
    type=click.Path(path_type=Path),
    default=Path("evidence"),
    show_default=True,
    metavar="DIR",
    help="Where the evidence goes, and where overrides are kept.",
)
