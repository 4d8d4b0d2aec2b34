"""Bundles that show what was decided, on what, and that nobody changed it since."""

from relrails.evidence.ledger import head
from relrails.evidence.recording import reasons_of_gate, recorded, recorded_gate, word_of_gate
from relrails.evidence.redacting import Redaction
from relrails.evidence.signing import Signer
from relrails.evidence.values import (
    Action,
    Artifact,
    Bundle,
    Decision,
    EvidenceError,
    Query,
    Reason,
    Timings,
    Transition,
)
from relrails.evidence.writing import write

__all__ = [
    "Action",
    "Artifact",
    "Bundle",
    "Decision",
    "EvidenceError",
    "Query",
    "Reason",
    "Redaction",
    "Signer",
    "Timings",
    "Transition",
    "head",
    "reasons_of_gate",
    "recorded",
    "recorded_gate",
    "word_of_gate",
    "write",
]
