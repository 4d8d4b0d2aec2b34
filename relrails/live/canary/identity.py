"""Which artifact the canary says it runs."""

import re

from relrails.canary.identity import NAME, Identity
from relrails.judge.canary import Code, Flaw
from relrails.live.prometheus import Found, NoData, Result, Unusable


def said(identity: Identity, result: Result, since: float) -> tuple[str, Flaw | None]:
    """Give what the canary's instances say that they ran after `since`, and what is wrong with that.

    Nothing is an empty text, of which the judge knows what it means. Several are given together: they are another than
    any one of them, and never what is judged.
    """
    if isinstance(result, Unusable) and not isinstance(result, NoData):
        return "", Flaw(code=Code(result.code), text=f"what the canary runs: {result.text}", check=NAME)
    series = result.series if isinstance(result, Found) else ()
    new = [one for one in series if one.newest.at > since]
    labels = {one.labels.get(identity.label, "") for one in new}
    found = sorted({plain(label) if identity.names == "artifact" else label for label in labels} - {""})
    text = " and ".join(found)
    if len(found) > 1:
        return text, Flaw(code=Code.AMBIGUOUS_RESULT, text=f"the canary runs {text} at once", check=NAME)
    return text, None


def plain(label: str) -> str:
    """Give the digest in a label as `--artifact` writes it: `sha256:` and the digits, without the image's name."""
    digest = re.fullmatch(r"(?:.*@)?(?:sha256:)?([0-9a-fA-F]{64})", label)
    return f"sha256:{digest[1].lower()}" if digest else label
