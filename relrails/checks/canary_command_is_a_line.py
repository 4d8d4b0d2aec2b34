"""An action that is written as a command line.

Actions run without a shell: the first text is the program, and each further one an argument. A whole line would be
looked for as the name of one program.

Flagged:
    canary.Policy(..., rollback=canary.Command(argv=("kubectl rollout undo deployment/checkout",)))

    canary.Policy(..., rollback=canary.Command(argv=()))
Fine:
    canary.Policy(..., rollback=canary.Command(argv=("kubectl", "rollout", "undo", "deployment/checkout")))
"""

import shlex
from collections.abc import Iterator

from relrails.canary import Command
from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/command-is-a-line")
def command_is_a_line(service: Service) -> Iterator[Problem]:
    """Flag commands without a program, or with arguments inside its name."""
    policy = service.canary
    for action in (policy.rollback, policy.promote) if policy is not None else ():
        if not isinstance(action, Command) or (action.argv and not any(c.isspace() for c in action.argv[0])):
            continue
        yield Problem(
            what="an action of the canary has no program" if not action.argv else "an action of the canary is one line",
            labels=(Label(at(action, "argv"), "one text for the program, and one for each argument"),),
            why="it runs without a shell, so that nothing in it is expanded: no program has this name",
            fix=f"write `argv={_argv(action.argv)}`",
        )


def _argv(argv: tuple[str, ...]) -> str:
    try:
        words = [*(shlex.split(argv[0]) if argv else ("kubectl", "rollout", "undo")), *argv[1:]]
    except ValueError:
        words = argv[0].split()
    return "(" + ", ".join(f'"{w}"' for w in words) + ")"
