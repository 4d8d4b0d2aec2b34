"""The body of a request, read only up to a limit."""

from starlette.requests import Request

from staging.serving.refusal import Refusal

LARGEST_BYTES = 64 * 1024


async def limited(request: Request) -> bytes:
    """The body; refuses with 413 what is longer than our requests ever are."""
    parts = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BYTES:
            raise Refusal(413, "body_too_large", f"a body may have {LARGEST_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)
