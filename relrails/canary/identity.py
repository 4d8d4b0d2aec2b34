"""What says which artifact the canary runs."""

from dataclasses import dataclass, field
from typing import Literal

from relrails.metric import Gauge
from relrails.source import Source, here

NAME = "canary.identity"
"""What its flaws go by; no SLO can be called so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """The label of a series, as of `build_info`, in which every instance says which artifact it runs.

    A canary that says another than the one that is judged was deployed over: what was counted is not of it, so it is
    rolled back. One that says nothing is not promoted, and after some looks held as one that cannot be seen.

    With `names="artifact"` the label holds the digest that `--artifact` gives, with or without `sha256:`, or an image
    reference that ends in it. With `names="build"` it holds a version or a revision, which is no digest: what the
    canary says first is what is judged, and must not change.
    """

    metric: Gauge
    label: str
    names: Literal["artifact", "build"] = "artifact"
    source: Source = field(default_factory=here, compare=False, repr=False)
