"""Keeps staging up until Ctrl-C, and says where everything is."""

import sys
import time

from staging.environment import EVERYTHING, Environment, StagingError

LOOK_SECONDS = 1.0


def up() -> int:
    """Run until Ctrl-C or SIGTERM (0), or until a component ends by itself (1)."""
    try:
        with Environment(*EVERYTHING) as env:
            sys.stdout.write(_where(env))
            sys.stdout.flush()
            while True:
                time.sleep(LOOK_SECONDS)
                _look(env)
    except KeyboardInterrupt:
        sys.stdout.write("\nstaging is down, and nothing is left behind\n")
        return 0


def _look(env: Environment) -> None:
    for component in env.components:
        code = component.process.poll() if component.process else None
        if code is not None:
            raise StagingError(f"{component.name} ended by itself with {code}\n{component.tail()}")


def _where(env: Environment) -> str:
    probe = env.probe_variables
    targets = " ".join(f"--target {service.name}={service.url}" for service in (env.core_api, env.export_service))
    places = [(component.name, component.url) for component in env.components]
    places += [
        ("alerts delivered", str(env.receiver.file)),
        ("logs, audit logs", str(env.folder)),
        ("who may log in", str(env.identities.clients_file)),
    ]
    lines = [f"  {name:<18} {place}\n" for name, place in places]
    return (
        f"staging is up until Ctrl-C:\n{''.join(lines)}"
        "walk a journey by hand:\n"
        f"  RELRAILS_PROBE_ID={probe['RELRAILS_PROBE_ID']}"
        f' RELRAILS_PROBE_SECRET="$(cat {env.identities.probe_secret_file})"'
        f" relrails probe once auth_query {targets}\n"
        "break something, and `{}` to mend it:\n"
        f'  curl -X PUT -H "Authorization: Bearer $(cat {env.identities.admin_token_file})"'
        f" -d '{{\"error_ratio\": 0.2}}' {env.core_api.url}/admin/faults\n"
    )
