"""The controller of a canary: it looks, tells the judge, and does what the judge decides."""
