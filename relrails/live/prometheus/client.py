"""Asks, waits so long and no longer, tries again where that can help, and gives a Result whatever happens."""

import asyncio
import time
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from relrails.live.prometheus.decode import decode, refusal, shown
from relrails.live.prometheus.endpoint import Endpoint
from relrails.live.prometheus.exchange import Exchange, Reply
from relrails.live.prometheus.queries import Query
from relrails.live.prometheus.results import (
    ClockSkew,
    NoSecret,
    NotPrometheus,
    Redirected,
    Refused,
    Result,
    ServerError,
    Timeout,
    TooLarge,
    Truncated,
    Unreachable,
    Unusable,
    WrongShape,
)
from relrails.live.secret import SecretUnavailableError
from relrails.units import exact

BACKOFF = 0.05
"""Seconds before the second attempt; each further one waits twice as long."""
AGAIN = frozenset({429, 502, 503, 504})
"""Statuses that may pass by themselves."""
NO_POST = frozenset({405, 501})


def ask(endpoint: Endpoint, queries: Sequence[Query], now: Callable[[], float] = time.time) -> tuple[Reply, ...]:
    """Ask all queries at once, in one round; replies are in the order of the queries."""

    async def round_trip() -> tuple[Reply, ...]:
        async with Client(endpoint, now) as client:
            return tuple(await asyncio.gather(*(client.reply(query) for query in queries)))

    return asyncio.run(round_trip())


class Client:
    """Connections to one endpoint; use it in `async with`."""

    def __init__(self, endpoint: Endpoint, now: Callable[[], float] = time.time) -> None:
        self.endpoint, self._now = endpoint, now
        self._seconds = float(exact(endpoint.timeout, "second"))
        self._skew = float(exact(endpoint.skew, "second"))
        # Certificates take their time to load, and are not needed without TLS: a redirect is not followed.
        plain = urlsplit(endpoint.url).scheme == "http"
        self._http = httpx.AsyncClient(
            timeout=self._seconds, verify=not plain, follow_redirects=False, trust_env=not plain
        )

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def reply(self, query: Query) -> Reply:
        """Ask one query. Never raises for what the other side does."""
        asked = _Asked(self._http, self.endpoint, query)
        at, begun = self._now(), time.monotonic()
        result: Result
        try:
            async with asyncio.timeout(self._seconds):
                result = await self._tried(asked, query)
        except TimeoutError:
            result = Timeout(f"{self._seconds:g} s, {asked.attempts} attempts")
        except SecretUnavailableError as error:
            result = NoSecret(str(error))
        exchange = Exchange(
            url=self.endpoint.address(query.path),
            at=at,
            seconds=time.monotonic() - begun,
            attempts=asked.attempts,
            status=asked.status,
            body=bytes(asked.body),
        )
        return Reply(query, result, exchange)

    async def _tried(self, asked: "_Asked", query: Query) -> Result:
        while True:
            failure, again = await asked.once()
            if failure is None:
                return self._skewed(asked.date) or decode(bytes(asked.body), query)
            if not again or asked.attempts >= self.endpoint.attempts:
                return failure
            await asyncio.sleep(BACKOFF * 2 ** (asked.attempts - 1))

    def _skewed(self, date: str | None) -> ClockSkew | None:
        if date is None:
            return None
        try:
            theirs = parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, OverflowError):
            return ClockSkew(f"its Date header is {shown(date)!r}")
        apart = theirs - self._now()
        if abs(apart) <= self._skew:
            return None
        return ClockSkew(f"the server is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} us")


class _Asked:
    """A query on its way: its attempts, and what the last one brought."""

    def __init__(self, http: httpx.AsyncClient, endpoint: Endpoint, query: Query) -> None:
        self._http, self._endpoint, self._query = http, endpoint, query
        self._method = "POST"
        self.attempts = 0
        self.status: int | None = None
        self.date: str | None = None
        self.body = bytearray()

    async def once(self) -> tuple[Unusable | None, bool]:
        """Try once; gives what went wrong, and whether it may go right the next time."""
        self.attempts += 1
        self.status, self.date, self.body = None, None, bytearray()
        address, form, headers = self._endpoint.address(self._query.path), self._query.form(), self._endpoint.sent()
        sent = {"data": form} if self._method == "POST" else {"params": form}
        try:
            async with self._http.stream(self._method, address, headers=headers, **sent) as response:  # type: ignore[arg-type] # data or params
                self.status, self.date = response.status_code, response.headers.get("Date")
                async for chunk in response.aiter_bytes():
                    self.body += chunk
                    if len(self.body) > self._endpoint.largest:
                        del self.body[self._endpoint.largest :]
                        return TooLarge(f"more than {self._endpoint.largest} bytes"), False
                return self._failure(response)
        except httpx.TimeoutException:
            return Timeout(f"{self._query.path} at {address}"), False
        except httpx.RemoteProtocolError as error:
            return Truncated(shown(str(error))), True
        except httpx.DecodingError as error:
            return WrongShape(shown(str(error))), False
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Unreachable(f"{address}: {shown(str(error)) or type(error).__name__}"), True

    def _failure(self, response: httpx.Response) -> tuple[Unusable | None, bool]:
        status = response.status_code
        if status == httpx.codes.OK:
            return None, False
        if status in NO_POST and self._method == "POST":
            self._method = "GET"
            return Refused(f"{status} to POST and to GET"), True
        if response.has_redirect_location:
            host = urlsplit(response.headers["Location"]).hostname or "another path"
            return Redirected(f"{status} to {shown(host)}"), False
        said = refusal(status, bytes(self.body))
        if said is not None:
            return said, status in AGAIN
        start = shown(self.body[:200].decode("utf-8", "replace"))
        detail = f"{status} {response.reason_phrase}" + (f": {start}" if start else "")
        if status >= 500:
            return ServerError(detail), status in AGAIN
        if status >= 400:
            return Refused(detail), status in AGAIN
        return NotPrometheus(detail), False
