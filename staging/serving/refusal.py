"""An answer that is an error, with a code for programs and a sentence for people."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse


class Refusal(Exception):  # noqa: N818 - an answer that we chose, not a fault
    """Raised anywhere under a request; the caller gets its status and JSON."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        """The answer on the wire."""
        return JSONResponse({"error": self.code, "message": self.message}, self.status, headers=self.headers)


async def answer(_request: Request, error: Exception) -> JSONResponse:
    """Turn a refusal into its answer."""
    assert isinstance(error, Refusal)  # noqa: S101 - Starlette's signature is wider than what it calls this with
    return error.response()
