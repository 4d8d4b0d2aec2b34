"""Starts the Core API: `python -m staging.core_api --help`."""

from starlette.types import ASGIApp

from staging.core_api import app, seed
from staging.serving import server


def main() -> int:
    """Serve until SIGTERM."""
    usual = seed.Size()
    parser = server.parser("core-api")
    parser.add_argument("--seed", type=int, default=7, help="which data to make at the first start")
    parser.add_argument("--events", type=int, default=usual.events, help="how many events all cases have together")
    parser.add_argument("--edges", type=int, default=usual.edges)
    parser.add_argument("--token-seconds", type=int, default=300, help="how long a token is valid")
    parser.add_argument("--recount-every", type=int, default=5, help="recount one answer in so many")
    parser.add_argument("--artifact", default="", metavar="DIGEST", help="what build_info says that this is")
    given = parser.parse_args()
    size = seed.Size(events=given.events, edges=given.edges)

    def build(settings: server.Settings) -> ASGIApp:
        return app.build(
            settings,
            number=given.seed,
            size=size,
            token_seconds=given.token_seconds,
            recount_every=given.recount_every,
            artifact=given.artifact,
        )

    return server.serve("core-api", server.settings(given), build)


if __name__ == "__main__":
    raise SystemExit(main())
