"""`python -m bench [NAME ...] [--format text|json]`."""

import argparse
import importlib
import json
import pkgutil
import sys
from types import ModuleType

import bench
from bench.prometheus import MissingError
from bench.table import as_json, as_text

COULD_NOT = 2


def benchmarks() -> dict[str, ModuleType]:
    """Find the modules of this package that have `run`, by their names."""
    names = [m.name for m in pkgutil.iter_modules(bench.__path__) if m.name != "__main__"]
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def main(argv: list[str] | None = None) -> int:
    """Run what is asked for; tables appear as they are found, and what cannot be run hides no other."""
    known = benchmarks()
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=bench.__doc__,
        epilog="\n".join(f"{name:12} {(module.__doc__ or '').splitlines()[0]}" for name, module in known.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="one of those below; all of them where none is given")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    asked = parser.parse_args(argv)
    unknown = sorted(set(asked.names) - known.keys())
    if unknown:
        parser.error(f"there is no benchmark named {', '.join(unknown)}; there are {', '.join(known)}")
    found, code = [], 0
    for name in asked.names or known:
        print(f"bench: {name}", file=sys.stderr)
        try:
            for table in known[name].run():
                found.append({"benchmark": name, **as_json(table)})
                if asked.format == "text":
                    print(as_text(table), end="\n\n", flush=True)
        except MissingError as error:
            print(f"bench: {name} cannot run: {error}", file=sys.stderr)
            code = COULD_NOT
    if asked.format == "json":
        print(json.dumps(found, indent=2, ensure_ascii=False))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
