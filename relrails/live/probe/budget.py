"""How often a journey may try again: a bucket of tokens, so that an outage never doubles the load."""


class RetryBudget:
    """Each run adds its share of a token, each retry takes one; hardly more are kept than one run may use."""

    __slots__ = ("_most", "_share", "_tokens")

    def __init__(self, share: float, most: int) -> None:
        self._share = share
        self._most = most + share
        self._tokens = float(most)

    def earn(self) -> None:
        """Count a run."""
        self._tokens = min(self._tokens + self._share, self._most)

    def take(self) -> bool:
        """Take a token for a retry, where there is one."""
        # Ten tenths are 0.9999999999999999.
        if self._tokens + 1e-9 < 1:
            return False
        self._tokens -= 1
        return True
