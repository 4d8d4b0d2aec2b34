"""Bundles of evidence: written whole, redacted, and held against every way of changing them."""
