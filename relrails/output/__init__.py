"""The only writer of generated/: compares, writes all or nothing, and prunes only what it once made."""

from relrails.output.compare import Stale, check, diff, intact
from relrails.output.manifest import sha256
from relrails.output.paths import MANIFEST
from relrails.output.refusal import Refused
from relrails.output.writing import Entry, Writing, Written, write

__all__ = [
    "MANIFEST",
    "Entry",
    "Refused",
    "Stale",
    "Writing",
    "Written",
    "check",
    "diff",
    "intact",
    "sha256",
    "write",
]
