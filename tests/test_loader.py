"""Service files are read one by one, and whatever goes wrong in one is told as a problem of that one."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import relrails
from relrails.loader import Loaded, load
from relrails.loader.scene import is_writers
from relrails.problems import Problem, draw

GOOD = '''\
"""search: finds things."""

from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.units import days, percent, seconds

requests = metric.Counter("http_requests_total").where(job="search")

availability = SLO(
    name="availability",
    description="A request is good unless we answer 5xx.",
    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
    objective=99.9 * percent,
    window=30 * days,
)

service = Service(
    name="search",
    owner="team-search",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/search",
    grafana="https://grafana.example.com",
    slos=(availability,),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
)
'''


def project(root: Path, **files: str) -> Path:
    """Write files, `a__b` being a/b.py, and give the folder of services."""
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return root / "services"


def changed(old: str, new: str) -> str:
    """Give the good service with one change."""
    assert old in GOOD
    return GOOD.replace(old, new)


def only_problem(loaded: Loaded) -> Problem:
    assert len(loaded.problems) == 1, [p.what for p in loaded.problems]
    return loaded.problems[0]


def only(root: Path, text: str) -> Problem:
    """Load one service file that has one problem."""
    return only_problem(load(project(root, services__search=text)))


def names(loaded: Loaded) -> list[str]:
    return [s.name for s in loaded.services]


def same(drawn: str, expected: str) -> None:
    assert drawn == dedent(expected).strip("\n")


# What loads


def test_services_come_in_the_order_of_their_files_and_helpers_are_no_services(tmp_path: Path) -> None:
    folder = project(
        tmp_path,
        services__b=GOOD,
        services__a=changed('name="search"', 'name="account"'),
        services___helper="raise RuntimeError",
    )
    (folder / ".#lock.py").symlink_to("nowhere")
    (folder / "notes.txt").write_text("no")

    loaded = load(folder)

    assert names(loaded) == ["account", "search"]
    assert loaded.problems == ()
    assert [f.name for f in loaded.files] == ["a.py", "b.py"]
    assert set(loaded.inputs) == set(loaded.files)


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    loaded = load(project(tmp_path, services__a="x = (", services__b=GOOD, services__c="x = 1 / 0"))

    assert names(loaded) == ["search"]
    assert [p.code for p in loaded.problems] == ["service/syntax", "service/raises"]


def test_a_service_imports_helpers_and_the_folders_beside_it(tmp_path: Path) -> None:
    folder = project(
        tmp_path,
        services__search="from probes.deep import NAME\nfrom services import _common\nservice = _common.make(NAME)\n",
        services___common="from relrails import Service\n\ndef make(name):\n    return Service(name=name, owner='o',"
        " scrape_interval=1, runbook='r', grafana='g', slos=(), error_budget=1)\n",
        probes__deep="from probes import other\nNAME = other.NAME\n",
        probes__other="NAME = 'deep'\n",
    )

    loaded = load(folder)

    assert loaded.problems == ()
    assert names(loaded) == ["deep"]
    shown = [p.relative_to(tmp_path).as_posix() for p in loaded.inputs]
    assert shown == ["probes/deep.py", "probes/other.py", "services/_common.py", "services/search.py"]
    caller = loaded.services[0].source.span.called_from
    assert caller is not None
    assert Path(caller.file).name == "search.py"


def test_a_file_may_be_named_like_an_installed_package_or_like_no_module_at_all(tmp_path: Path) -> None:
    code = "import yaml, json\nassert yaml.safe_load and json.loads\n"
    folder = project(tmp_path, services__yaml=code + GOOD, services__json=code + GOOD)
    (folder / "core-api 2.py").write_text(GOOD)

    loaded = load(folder)

    assert loaded.problems == ()
    assert len(loaded.services) == 3


def test_a_folder_of_the_project_wins_over_an_installed_package_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "lib"
    project(installed, services____init__="WHO = 'installed'", probes____init__="WHO = 'installed'")
    monkeypatch.syspath_prepend(str(installed))
    import probes
    import services

    folder = project(
        tmp_path / "mine",
        services__search="from probes.x import WHO\nfrom services._y import ME\nassert WHO == ME == 'mine'\n" + GOOD,
        services___y="ME = 'mine'",
        probes__x="WHO = 'mine'",
    )

    loaded = load(folder)

    assert loaded.problems == ()
    assert sys.modules["probes"] is probes
    assert sys.modules["services"] is services
    assert "probes.x" not in sys.modules
    for name in ("probes", "services"):
        del sys.modules[name]


@pytest.mark.parametrize("name", ["my-services", "json", "class"])
def test_the_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    project(tmp_path, services__search=GOOD).rename(tmp_path / name)

    assert names(load(tmp_path / name)) == ["search"]


def test_a_second_load_sees_a_change_of_the_same_second_and_size(tmp_path: Path) -> None:
    folder = project(tmp_path, services__search="from services import _name\n" + GOOD, services___name="")
    first = load(folder)
    stat = (folder / "search.py").stat()

    project(tmp_path, services__search="from services import _name\n" + changed('"search"', '"sEarch"'))
    os.utime(folder / "search.py", ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert names(first) == ["search"]
    assert names(load(folder)) == ["sEarch"]
    assert not list(tmp_path.rglob("__pycache__"))


def test_two_projects_in_one_process_do_not_mix(tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = "from services import _who\n" + changed('name="search"', "name=_who.NAME")
        project(tmp_path / name, services__search=text, services___who=f"NAME = '{name}'")

    found = [names(load(tmp_path / name / "services")) for name in ("one", "two", "one")]

    assert found == [["one"], ["two"], ["one"]]


def test_loading_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    rude = "import os, sys\nos.chdir('/')\nsys.path.clear()\nsys.stdin.read()\n" + GOOD
    folder = project(tmp_path, services__a=rude, services__b=GOOD)
    before = (list(sys.path), list(sys.meta_path), set(sys.modules), Path.cwd(), sys.stdin, sys.stdout)

    loaded = load(folder)

    assert loaded.problems == ()
    assert (list(sys.path), list(sys.meta_path), set(sys.modules), Path.cwd(), sys.stdin, sys.stdout) == before


def test_what_a_service_file_prints_never_reaches_stdout(tmp_path: Path) -> None:
    noise = "import os, sys\nprint('py')\nprint('dunder', file=sys.__stdout__)\nos.system('echo child')\n"
    folder = project(tmp_path, services__search=noise + GOOD)
    code = (
        f"from pathlib import Path; from relrails.loader import load; print(len(load(Path({str(folder)!r})).services))"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert run.stdout == "1\n"
    assert {"py", "dunder", "child"} <= set(run.stderr.split())


def test_what_a_service_file_prints_never_reaches_a_captured_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(project(tmp_path, services__search="print('noise')\n" + GOOD))

    assert capsys.readouterr().out == ""


def test_a_service_file_that_asks_a_question_gets_no_answer(tmp_path: Path) -> None:
    assert "EOFError" in only(tmp_path, "name = input()\n" + GOOD).what


def test_an_interrupt_is_not_swallowed(tmp_path: Path) -> None:
    before = (list(sys.path), list(sys.meta_path))

    with pytest.raises(KeyboardInterrupt):
        load(project(tmp_path, services__search="raise KeyboardInterrupt"))

    assert (list(sys.path), list(sys.meta_path)) == before


# What does not load


def test_a_misspelt_field_is_drawn_with_the_name_that_was_meant(tmp_path: Path) -> None:
    problem = only(tmp_path, changed("objective=", "objectve="))

    same(
        draw(problem, tmp_path),
        """
        error[service/unknown-field]: services/search.py does not load: SLO has no field 'objectve'
          --> services/search.py:12:5
           |
        12 |     objectve=99.9 * percent,
           |     ^^^^^^^^ unknown field
           |
           = why: the fields of SLO are name, description, sli, objective, window, by, tiers, minimum_bad_events
           = fix: write `objective`
        """,
    )


def test_every_mistake_of_one_call_is_told(tmp_path: Path) -> None:
    text = changed("objective=", "objectve=").replace("window=30 * days,", "colour=3,")

    loaded = load(project(tmp_path, services__search=text))

    assert [(p.code, p.labels[0].text) for p in loaded.problems] == [
        ("service/missing-field", "needs window"),
        ("service/unknown-field", "unknown field"),
        ("service/unknown-field", "unknown field"),
    ]
    assert [p.fix for p in loaded.problems[1:]] == ["write `objective`", "leave it out, or write one of those"]


def test_a_missing_field_comes_with_an_example(tmp_path: Path) -> None:
    problem = only(tmp_path, changed("    objective=99.9 * percent,\n    window=30 * days,\n", ""))

    assert problem.code == "service/missing-field"
    assert problem.what == "services/search.py does not load: SLO has no objective or window"
    assert problem.fix == "add, for example,\nobjective=99.9 * percent,\nwindow=30 * days,"
    assert "8 | availability = SLO(\n  |                ^^^ needs objective and window" in draw(problem, tmp_path)


def test_a_value_without_its_field_is_named(tmp_path: Path) -> None:
    problem = only(tmp_path, changed('name="search"', '"search"'))

    assert problem.code == "service/unnamed-field"
    assert problem.fix == 'write `name="search"`'


def test_the_arguments_of_a_helper_are_checked_too(tmp_path: Path) -> None:
    problem = only(tmp_path, "def make(name, *, owner):\n    pass\n\nmake('x', ownr='y')\n")

    assert problem.what == "services/search.py does not load: make has no parameter 'ownr'"
    assert problem.fix == "write `owner`"


@pytest.mark.parametrize(
    ("text", "what", "fix", "at"),
    [
        (
            changed("days, percent", "days, month, percent"),
            "relrails.units has no 'month'",
            "write `30 * days`: a month has no fixed length",
            "month",
        ),
        (
            changed("percent, seconds", "percent, second"),
            "relrails.units has no 'second'",
            "import `seconds`",
            "second",
        ),
        (
            changed("30 * days", "30 * dayz"),
            "the name 'dayz' is not defined",
            "write `days`",
            "dayz",
        ),
        (
            changed("30 * days", "720 * hours"),
            "the name 'hours' is not defined",
            "import it: `from relrails.units import hours`",
            "hours",
        ),
        (
            changed("(availability,)", "(availabilty,)"),
            "the name 'availabilty' is not defined",
            "write `availability`",
            "availabilty",
        ),
        (
            changed("sli.Availability", "sli.Availabilty"),
            "relrails.sli has no 'Availabilty'",
            "write `Availability`",
            "Availabilty",
        ),
        (
            changed("relrails.units", "relrails.unit"),
            "there is no module 'relrails.unit'",
            "write `relrails.units`",
            "unit",
        ),
        ("from probs import x\n", "there is no module 'probs'", "write `probes`", "probs"),
        (
            "import zzz\n",
            "there is no module 'zzz'",
            "a helper beside the services lies in project/; a package must be installed where relrails runs",
            "zzz",
        ),
        ("from services import _helpr", "services has no '_helpr'", "import `_helper`", "_helpr"),
        (
            "from probes import auth\nauth.jurney\n",
            "probes.auth has no 'jurney'",
            "write `journey`",
            "jurney",
        ),
    ],
)
def test_an_unknown_name_is_shown_with_the_one_that_was_meant(
    tmp_path: Path, text: str, what: str, fix: str, at: str
) -> None:
    root = tmp_path / "project"
    problem = only_problem(
        load(project(root, services__search=text, services___helper="", probes__auth="journey = 1\n"))
    )

    assert problem.code == "service/unknown-name"
    assert problem.what == f"services/search.py does not load: {what}"
    assert problem.fix == fix
    span = problem.labels[0].span
    assert span.line is not None
    assert text.split("\n")[span.line - 1][span.column : span.end_column] == at


@pytest.mark.parametrize(
    ("text", "complaint", "line", "column"),
    [
        ("x = (\n", "'(' was never closed", 1, 4),
        ("f(1 2)\n", "perhaps you forgot a comma", 1, 2),
        ("def f():\nx = 1\n", "expected an indented block after function definition on line 1", 2, 0),
        ("x = 3 $ 4\n", "this is not Python", 1, 6),
        ("é = '表'; f(a=1, a=2)\n", "keyword argument repeated: a", 1, 16),
        ("x = 1\0\n", "it holds a NUL byte", 1, 5),
    ],
)
def test_a_syntax_error_points_at_the_place_in_words_of_our_own(
    tmp_path: Path, text: str, complaint: str, line: int, column: int
) -> None:
    problem = only(tmp_path, text)

    assert problem.code == "service/syntax"
    assert problem.what == f"services/search.py does not load: {complaint}"
    assert (problem.labels[0].span.line, problem.labels[0].span.column) == (line, column)


def test_a_file_that_is_not_utf8_is_told_with_its_first_odd_byte(tmp_path: Path) -> None:
    folder = project(tmp_path, services__search=GOOD)
    (folder / "search.py").write_bytes(b"# caf\xc3\xa9\nowner = 'caf\xe9'\n")

    problem = only_problem(load(folder))

    assert problem.code == "service/not-utf-8"
    assert (problem.labels[0].span.line, problem.labels[0].span.column) == (2, 12)


def test_a_file_may_declare_another_encoding_but_it_must_exist(tmp_path: Path) -> None:
    folder = project(tmp_path, services__b="")
    (folder / "a.py").write_bytes(b"# coding: latin-1\n# caf\xe9\n" + GOOD.encode())
    (folder / "b.py").write_bytes(b"# coding: klingon\n" + GOOD.encode())

    loaded = load(folder)

    assert names(loaded) == ["search"]
    assert only_problem(loaded).what == "services/b.py does not load: unknown encoding: klingon"


def test_a_fault_in_a_helper_is_told_once_with_every_file_it_stops(tmp_path: Path) -> None:
    loaded = load(
        project(
            tmp_path,
            services__a="from services import _common\n",
            services__b="\nfrom services import _common\n",
            services__c=GOOD,
            services___common="x = 1 / 0\n",
        )
    )

    assert names(loaded) == ["search"]
    same(
        draw(only_problem(loaded), tmp_path),
        """
        error[service/raises]: services/_common.py does not load: ZeroDivisionError: division by zero
         --> services/_common.py:1:5
          |
        1 | x = 1 / 0
          |     ^^^^^ raises ZeroDivisionError
          |
         ::: services/a.py:1:1
          |
        1 | from services import _common
          | ---------------------------- on the way from here
          |
         ::: services/b.py:2:1
          |
        2 | from services import _common
          | ---------------------------- on the way from here
          |
          = why: a service that is not read has no rules, so its alerts would be gone from the next generated/
          = fix: `python -c 'import runpy; runpy.run_path("services/_common.py")'` shows the whole traceback
        """,
    )


def test_an_error_deep_in_a_library_is_shown_at_the_writers_own_line(tmp_path: Path) -> None:
    problem = only(tmp_path, "import json\n\nlimits = json.loads(\n    '{')\n")

    assert problem.what.startswith("services/search.py does not load: JSONDecodeError: Expecting property name")
    assert problem.labels[0].span.line == 3
    assert problem.labels[0].span.end_line == 4


def test_the_code_of_relrails_is_never_the_writers_own(tmp_path: Path) -> None:
    root = Path(relrails.__file__).parent.parent

    assert not is_writers(Path(relrails.__file__), root)
    assert is_writers(root / "services" / "core_api.py", root)
    assert not is_writers(root / ".venv" / "lib" / "site-packages" / "x.py", root)
    assert not is_writers(tmp_path / "x.py", root)


def test_a_syntax_error_in_text_that_a_file_evaluates_is_an_error_of_that_line(tmp_path: Path) -> None:
    problem = only(tmp_path, "x = 1\ny = eval('1 +')\n")

    assert problem.code == "service/raises"
    assert problem.labels[0].span.line == 2


def test_a_file_that_exits_does_not_end_us(tmp_path: Path) -> None:
    problem = only(tmp_path, "import sys\nsys.exit('bye')\n")

    assert problem.code == "service/exits"
    assert problem.labels[0].text == "SystemExit('bye')"


@pytest.mark.parametrize("said", ["\\x1b[2Jtricky\\nsecond line", "x" * 5000])
def test_the_words_of_an_exception_stay_on_one_line(tmp_path: Path, said: str) -> None:
    problem = only(tmp_path, f"raise ValueError('{said}')\n")

    drawn = draw(problem, tmp_path)
    assert "\x1b" not in drawn
    assert all(len(line) < 300 for line in drawn.split("\n"))
    assert len(drawn.split("\n")) == 8


def test_an_exception_that_cannot_be_printed_is_named(tmp_path: Path) -> None:
    problem = only(tmp_path, "class Odd(Exception):\n    def __str__(self):\n        raise Odd\n\nraise Odd\n")

    assert problem.what == "services/search.py does not load: Odd"


def test_endless_recursion_is_a_problem_like_others(tmp_path: Path) -> None:
    problem = only(tmp_path, "def f():\n    return f()\n\nf()\n")

    assert problem.what.startswith("services/search.py does not load: RecursionError")


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    folder = project(tmp_path, services__a=GOOD)
    (folder / "b.py").symlink_to("nowhere.py")

    loaded = load(folder)

    assert names(loaded) == ["search"]
    assert "b.py" in only_problem(loaded).what


# What gives no service


def test_a_service_under_another_name_is_shown(tmp_path: Path) -> None:
    problem = only(tmp_path, changed("service = Service(", "svc = Service("))

    assert (problem.code, problem.fix) == ("service/not-defined", "name it `service`, not `svc`")
    assert problem.labels[0].span.line == 16


def test_a_file_without_any_service_is_told_how_to_get_one(tmp_path: Path) -> None:
    problem = only(tmp_path, "x = 1\n")

    assert problem.code == "service/not-defined"
    assert problem.fix.startswith('add `service = Service(name="search", ...)`; if the file only helps others')


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("{'a': 1}", "of type dict"),
        ("None", "of type NoneType"),
        ("Service", "the class Service itself"),
        ("(real, real)", "2 services"),
    ],
)
def test_a_service_of_another_type_is_pointed_at(tmp_path: Path, value: str, what: str) -> None:
    problem = only(tmp_path, changed("service = Service(", "real = Service(") + f"service = {value}\n")

    assert problem.code == "service/not-a-service"
    assert problem.what == f"`service` in services/search.py is {what}"
    span = problem.labels[0].span
    assert (span.line, span.column, span.end_column) == (25, 10, 10 + len(value))


def test_an_empty_a_missing_and_a_wrong_folder_are_errors(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "file").write_text("")

    found = [only_problem(load(tmp_path / name)) for name in ("services", "service", "zzz", "file")]

    assert [p.code for p in found] == ["service/none-found", *["service/no-folder"] * 3]
    assert found[1].fix == "name `services/`, which is there"
    assert found[2].what == "there is no folder zzz/"
    assert found[3].what == "file is a file, not a folder of services"


def test_a_dot_in_a_file_name_is_refused(tmp_path: Path) -> None:
    folder = project(tmp_path, services__a=GOOD)
    (folder / "core.api.py").write_text(GOOD)

    problem = only_problem(load(folder))

    assert (problem.code, problem.fix) == ("service/file-name", "rename it to `core_api.py`")


def test_without_debug_ranges_the_line_is_still_shown(tmp_path: Path) -> None:
    folder = project(tmp_path, services__search=changed("objective=", "objectve="))
    code = (
        "from pathlib import Path; from relrails.loader import load; from relrails.problems import draw;"
        f"print(*(draw(p, Path({str(tmp_path)!r})) for p in load(Path({str(folder)!r})).problems))"
    )

    run = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert "SLO.__init__() got an unexpected keyword argument 'objectve'" in run.stdout
    assert "--> services/search.py:8\n" in run.stdout
    assert "only the line is known" in run.stdout
