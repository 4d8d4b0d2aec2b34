"""Where the journeys go, and the step that they have in common."""

from relrails.probe import Step, Target, expect, extract, post, secret
from relrails.units import seconds

core_api = Target(name="core-api", url="https://core-api.staging.example.com", networks=("10.20.0.0/16",))
export_service = Target(name="export-service", url="https://exports.staging.example.com", networks=("10.20.0.0/16",))

login = Step(
    name="login",
    request=post(
        "/oauth/token",
        target=core_api,
        form={
            "grant_type": "client_credentials",
            "client_id": secret("env:RELRAILS_PROBE_ID"),
            "client_secret": secret("env:RELRAILS_PROBE_SECRET"),
        },
    ),
    expect=(expect.status(200),),
    extract=(extract("$.access_token", to="token", sensitive=True),),
    shared="auth",
    timeout=3 * seconds,
)
