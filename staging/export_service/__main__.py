"""Starts the Export Service: `python -m staging.export_service --help`."""

from pathlib import Path

from starlette.types import ASGIApp

from staging.export_service import app
from staging.serving import server


def main() -> int:
    """Serve until SIGTERM."""
    parser = server.parser("export-service")
    parser.add_argument("--core-api", required=True, metavar="URL", help="where investigations are read from")
    parser.add_argument("--client-id", default="export-service", help="whom to log in as there")
    parser.add_argument("--client-secret-file", type=Path, required=True)
    given = parser.parse_args()
    secret = given.client_secret_file.read_text(encoding="utf-8").strip()

    def build(settings: server.Settings) -> ASGIApp:
        return app.build(settings, core_api_url=given.core_api, client_id=given.client_id, secret=secret)

    return server.serve("export-service", server.settings(given), build)


if __name__ == "__main__":
    raise SystemExit(main())
