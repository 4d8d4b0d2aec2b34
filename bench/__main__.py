"""`python -m bench [NAME ...] [--format text|json]`."""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterable

import bench
from bench.prometheus import MissingError
from bench.table import Table, as_json, as_text

COULD_NOT = 2


def benchmarks() -> dict[str, Callable[[], Iterable[Table]]]:
    """Find the modules of this package that have `run`, by their names."""
    names = [m.name for m in pkgutil.iter_modules(bench.__path__) if m.name != "__main__"]
    modules = [importlib.import_module(f"bench.{name}") for name in names]
    return {m.__name__.removeprefix("bench."): m.run for m in modules if hasattr(m, "run")}


def main(argv: list[str] | None = None) -> int:
    """Run what is asked for; tables appear as they are found."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"{', '.join(known)}; all of them where none is given")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    asked = parser.parse_args(argv)
    unknown = sorted(set(asked.names) - known.keys())
    if unknown:
        parser.error(f"there is no benchmark named {', '.join(unknown)}; there are {', '.join(known)}")
    found = []
    for name in asked.names or known:
        try:
            for table in known[name]():
                found.append({"benchmark": name, **as_json(table)})
                if asked.format == "text":
                    print(as_text(table), end="\n\n", flush=True)
        except MissingError as error:
            print(f"bench: {name}: {error}", file=sys.stderr)
            return COULD_NOT
    if asked.format == "json":
        print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
