"""Every declared object knows the characters it was written with."""

import copy
import pickle
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from relrails.source import Source, Span, here, source_lines


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    size: Any = 0
    inner: Any = None
    source: Source = field(default_factory=here, compare=False, repr=False)

    def grown(self, size: int) -> "Thing":
        return replace(self, size=size)


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    source: Source = field(default_factory=here, compare=False, repr=False)


def written(folder: Path, text: str, name: str = "written.py") -> dict[str, Any]:
    """Run a file as an import would."""
    path = folder / name
    path.write_text(dedent(text), encoding="utf-8")
    names: dict[str, Any] = {"Thing": Thing, "Named": Named, "__name__": "written"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)  # noqa: S102 - our own text
    return names


def cut(span: Span | None) -> str:
    """Read the characters that a span covers, its lines joined."""
    assert span is not None
    assert span.line is not None
    assert span.end_line is not None
    lines = list(source_lines(span.file)[span.line - 1 : span.end_line])
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return "\n".join(lines)


def test_an_object_knows_the_call_that_made_it(tmp_path: Path) -> None:
    thing = written(tmp_path, "\n\nthing = Thing(size=3)\n")["thing"]

    assert (thing.source.file, thing.source.line, thing.source.column) == (str(tmp_path / "written.py"), 3, 8)
    assert (thing.source.end_line, thing.source.end_column) == (3, 21)
    assert cut(thing.source.span) == "Thing(size=3)"


def test_an_argument_is_found_over_several_lines_and_inside_another_call(tmp_path: Path) -> None:
    thing = written(
        tmp_path,
        """
        thing = Thing(
            inner=Thing(size=(1
                              + 2)), size=dict(a=[Thing(size=9)]),
        )
        """,
    )["thing"]

    assert cut(thing.source.argument("inner")) == "Thing(size=(1\n                      + 2))"
    assert cut(thing.inner.source.argument("size")) == "1\n                      + 2"
    assert cut(thing.source.argument("size")) == "dict(a=[Thing(size=9)])"
    assert cut(thing.size["a"][0].source.argument("size")) == "9"


def test_the_name_of_a_keyword_and_of_the_call_are_spans_too(tmp_path: Path) -> None:
    thing = written(tmp_path, "class shop: T = Thing\nthing = shop.T(inner=1,  size = 3)\n")["thing"]

    assert cut(thing.source.keyword("size")) == "size"
    assert cut(thing.source.name) == "shop.T"
    assert thing.source.keyword("siez") is None
    assert thing.source.argument("siez") is None


def test_a_positional_argument_is_found_by_its_place(tmp_path: Path) -> None:
    found = written(tmp_path, "a = Named('x')\nb = Named(name='y')\nc = Named(*['z'])\nd = Named(**{'name': 'z'})\n")

    assert cut(found["a"].source.argument("name", 0)) == "'x'"
    assert cut(found["b"].source.argument("name", 0)) == "'y'"
    assert found["c"].source.argument("name", 0) is None
    assert found["d"].source.argument("name", 0) is None


def test_columns_count_characters_and_not_bytes(tmp_path: Path) -> None:
    thing = written(tmp_path, "größe = '表'; thing = Thing(inner='é', size=3)\n")["thing"]

    assert thing.source.column == len("größe = '表'; thing = ")
    assert cut(thing.source.span) == "Thing(inner='é', size=3)"
    assert cut(thing.source.argument("size")) == "3"


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_endings_move_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "written.py"
    path.write_bytes(ending.join(["# one", "# two", "thing = Thing(", "  size=3)", ""]).encode())
    names: dict[str, Any] = {"Thing": Thing}
    exec(compile(path.read_bytes(), str(path), "exec"), names)  # noqa: S102 - our own text

    assert cut(names["thing"].source.argument("size")) == "3"
    assert names["thing"].source.line == 3


def test_a_chain_of_methods_over_several_lines_is_found(tmp_path: Path) -> None:
    thing = written(
        tmp_path,
        """
        class make:
            def thing(self, **k):
                return Thing(**k)
        thing = (make()
            .thing(
                size=3))
        """,
    )["thing"]

    assert thing.source.span.called_from is not None
    assert thing.source.span.called_from.end_line == 7


def test_replace_keeps_the_original_place(tmp_path: Path) -> None:
    thing = written(tmp_path, "thing = Thing(size=3)\n")["thing"]

    assert replace(thing, size=4).source is thing.source
    assert thing.grown(5).source is thing.source


def test_a_place_is_no_part_of_the_value(tmp_path: Path) -> None:
    found = written(tmp_path, "a = Thing(size=3)\nb = Thing(size=3)\n")

    assert found["a"] == found["b"]
    assert hash(found["a"]) == hash(found["b"])
    assert "source" not in repr(found["a"])


def test_a_helper_function_is_named_with_the_line_that_called_it(tmp_path: Path) -> None:
    helper = written(
        tmp_path, "def outer(n):\n    return inner(n)\ndef inner(n):\n    return Thing(size=n)\n", "helper.py"
    )
    path = tmp_path / "service.py"
    path.write_text("\nthing = outer(\n  3)\n")
    names = {"outer": helper["outer"]}
    exec(compile(path.read_text(), str(path), "exec"), names)  # noqa: S102 - our own text
    thing: Any = names["thing"]

    assert cut(thing.source.argument("size")) == "n"
    caller = thing.source.argument("size").called_from
    assert (caller.file, caller.line) == (str(path), 2)
    assert cut(caller) == "outer(\n  3)"


def test_a_comprehension_is_not_a_helper(tmp_path: Path) -> None:
    things = written(tmp_path, "things = tuple(\n  Thing(size=n)\n  for n in range(2)\n)\n")["things"]

    assert cut(things[1].source.span) == "Thing(size=n)"
    assert things[1].source.span.called_from is None


def test_a_library_that_calls_back_is_not_a_caller(tmp_path: Path) -> None:
    text = """
        import contextlib
        made = []
        def make():
            made.append(Thing(size=3))
        with contextlib.ExitStack() as stack:
            stack.callback(make)
        make()
    """
    through_library, directly = written(tmp_path, text)["made"]

    assert through_library.source.span.called_from is None
    assert directly.source.span.called_from.line == 8


def test_a_test_runner_is_not_a_caller() -> None:
    assert Thing().source.span.called_from is None
    assert cut(Thing(size=8).source.argument("size")) == "8"


@pytest.mark.parametrize("copied", [lambda t: pickle.loads(pickle.dumps(t)), copy.deepcopy], ids=["pickle", "deepcopy"])  # noqa: S301 - our own bytes
def test_a_copy_points_to_the_same_characters(copied: Any) -> None:
    source = Source((written.__code__, 0), None)

    again = copied(source)

    assert again.span == source.span
    assert (again.file, again.line, again.column) == (source.file, source.line, source.column)


def test_a_pickled_object_still_finds_its_arguments(tmp_path: Path) -> None:
    helper = written(tmp_path, "def make(n):\n    return Thing(size=n)\nthing = make(3)\n")

    again = pickle.loads(pickle.dumps(helper["thing"]))  # noqa: S301 - our own bytes

    assert cut(again.source.argument("size")) == "n"
    assert again.source.argument("size").called_from.line == 3


def test_a_file_that_changed_or_went_away_is_no_error(tmp_path: Path) -> None:
    thing = written(tmp_path, "thing = Thing(size=3)\n")["thing"]
    path = Path(thing.source.file)
    assert cut(thing.source.argument("size")) == "3"

    path.write_text("thing = (((\n")
    assert thing.source.argument("size") is None
    assert thing.source.line == 1
    path.write_text("other = 1\nthing = Thing(size=3)\n")
    assert thing.source.argument("size") is None
    path.unlink()
    assert thing.source.argument("size") is None
    assert thing.source.span.line == 1
    assert source_lines(str(path)) == ()


def test_without_debug_ranges_only_the_line_is_known(tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text(
        "from dataclasses import dataclass, field\n"
        "from relrails.source import Source, here\n"
        "@dataclass(frozen=True)\n"
        "class Thing:\n"
        "    size: int\n"
        "    source: Source = field(default_factory=here)\n"
        "source = Thing(\n"
        "    size=3).source\n"
        "print(source.line, source.column, source.end_column, source.argument('size'), source.name.line)\n"
    )

    run = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", path],
        capture_output=True, text=True, check=True, timeout=60, cwd=Path(__file__).parent.parent,
        env={"PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip

    assert run.stdout == "7 None None None 7\n"
