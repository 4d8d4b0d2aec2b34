"""One run makes generated/ what the services say, the same bytes everywhere, and does nothing twice."""

import importlib
import json
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relrails.checks
from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.files import File
from relrails.generate import WorkFailed, check, diff, generate, lint, parallel, rendering
from relrails.generate.memory import place, recall
from relrails.generate.parallel import aside, spread
from relrails.problems import Severity
from relrails.units import days, percent, seconds

TODAY = date(2026, 3, 1)
SHA256SUM = shutil.which("sha256sum") or "sha256sum"
SERVICE = '''\
"""A service with one promise."""

from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.units import days, percent, seconds

requests = metric.Counter("http_requests_total").where(job="{name}")
service = Service(
    name="{name}",
    owner="team",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/{name}",
    grafana="https://grafana.example.com",
    slos=(
        SLO(
            name="availability",
            description="A request is good unless we answer 5xx.",
            sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
            objective={objective} * percent,
            window=30 * days,
        ),
    ),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
)
'''


def put(folder: Path, name: str, text: str | None = None, *, objective: str = "99.9") -> Path:
    """Write a service file, old enough that its stamp does not say that it was changed while it was read."""
    file = folder / "services" / f"{name}.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(SERVICE.format(name=name, objective=objective) if text is None else text)
    os.utime(file, (1e9, 1e9))
    return file


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("alpha", "beta"):
        put(tmp_path, name)
    return tmp_path


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The services that were rendered, in order."""
    names: list[str] = []
    real = rendering.of_service

    def counted(service: Service, kinds: rendering.Kinds) -> Iterator[File]:
        if kinds("prometheus"):
            names.append(service.name)
        return real(service, kinds)

    monkeypatch.setattr(rendering, "of_service", counted)
    return names


def test_what_is_written_covers_every_service_and_all_of_them_together(project: Path) -> None:
    done = generate(project / "services", project / "generated", today=TODAY)
    assert done.services == 2
    assert done.problems == ()
    made = set(tree(project / "generated"))
    for name in ("alpha", "beta"):
        assert f"prometheus/rules/{name}.availability.yml" in made
        assert any(path.startswith(f"prometheus/tests/{name}.availability.") for path in made)
        assert f"runbooks/{name}.md" in made
        assert any(path.endswith(f"/{name}.json") for path in made)
    assert any(path.endswith("/overview.json") for path in made)
    assert check(project / "services", project / "generated", today=TODAY).stale == ()


def test_an_error_in_one_service_keeps_everything_as_it_is(project: Path) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    before = tree(project)
    put(project, "alpha", objective="100")
    done = generate(project / "services", project / "generated", today=TODAY)
    assert done.written is None
    assert {p.code for p in done.problems} == {"slo/no-error-budget"}
    assert check(project / "services", project / "generated", today=TODAY).stale is None
    assert diff(project / "services", project / "generated", today=TODAY).lines is None
    after = tree(project)
    assert {p: t for p, t in after.items() if p != "services/alpha.py"} == {
        p: t for p, t in before.items() if p != "services/alpha.py"
    }


def test_the_same_bytes_on_any_machine_and_in_any_order(tmp_path: Path) -> None:
    trees = []
    settings_of = (
        ("here", "0", "UTC", "C.UTF-8", "a_first.py", "b_second.py"),
        ("some/where else", "4711", "Asia/Tokyo", "C", "z_last.py", "a_before.py"),
    )
    for folder, seed, zone, locale, one, other in settings_of:
        root = tmp_path / folder
        (root / "services").mkdir(parents=True)
        for file, name in ((one, "alpha"), (other, "beta")):
            (root / "services" / file).write_text(SERVICE.format(name=name, objective="99.9"))
        cwd = root if folder == "here" else tmp_path
        relative = os.path.relpath(root, cwd)
        subprocess.run(
            [sys.executable, "-m", "relrails", "generate", f"--services={relative}/services", f"--out={relative}/out"],
            cwd=cwd,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": _source()},
            check=True,
            capture_output=True,
        )
        trees.append(tree(root / "out"))
    assert trees[0] == trees[1]
    for text in trees[0].values():
        assert str(tmp_path).encode() not in text


def _source() -> str:
    return str(Path(relrails.__file__).parent.parent)


def _service(name: str, slos: tuple[SLO, ...]) -> Service:
    return Service(
        name=name,
        owner="team",
        scrape_interval=15 * seconds,
        runbook="https://runbooks.example.com",
        grafana="https://grafana.example.com",
        slos=slos,
        error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
    )


def _slo(name: str) -> SLO:
    requests = metric.Counter(f"{name}_total").where(job=name)
    return SLO(
        name=name,
        description=name,
        sli=sli.Availability(total=requests, bad=requests.where(code="500")),
        objective=99 * percent,
        window=7 * days,
    )


SLOS = tuple(_slo(name) for name in ("one", "two", "three"))
SERVICES = tuple(_service(name, SLOS) for name in ("red", "green", "blue"))
SORTED = tuple(sorted(SERVICES, key=lambda s: s.name))


@settings(max_examples=8)
@given(st.permutations(SLOS), st.permutations(SERVICES))
def test_the_order_of_declaration_changes_no_byte(slos: list[SLO], services: list[Service]) -> None:
    for service in SERVICES[:1]:
        shuffled = replace(service, slos=tuple(slos))
        assert {f.path: f.text for f in rendering.of_service(shuffled)} == {
            f.path: f.text for f in rendering.of_service(service)
        }
    again = {f.path: f.text for f in rendering.of_fleet(services)}
    assert again == {f.path: f.text for f in rendering.of_fleet(SORTED)}


def test_nothing_is_done_twice(project: Path, rendered: list[str]) -> None:
    first = generate(project / "services", project / "generated", today=TODAY)
    assert rendered == ["alpha", "beta"]
    assert not first.remembered
    before = {p: p.stat().st_mtime_ns for p in (project / "generated").rglob("*")}
    again = generate(project / "services", project / "generated", today=TODAY)
    assert again.remembered
    assert again.written is not None
    assert again.written.unchanged == tuple(sorted(tree(project / "generated").keys() - {"MANIFEST.sha256"}))
    assert rendered == ["alpha", "beta"]
    assert {p: p.stat().st_mtime_ns for p in (project / "generated").rglob("*")} == before


def test_a_second_run_does_not_even_load_pint_or_grafanalib(project: Path) -> None:
    program = (  # on one core, where no other process draws the dashboards
        "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))});"
        "from relrails.cli import main; code = main(['generate']);"
        "print(code, *sorted({'pint', 'grafanalib', 'promql_parser'} & set(sys.modules)))"
    )
    said = []
    for _ in range(2):
        run = subprocess.run(
            [sys.executable, "-c", program],
            cwd=project,
            env={**os.environ, "PYTHONPATH": _source()},
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(run.stdout.splitlines()[-1])
    assert said == ["0 grafanalib pint promql_parser", "0"]


def test_a_change_renders_only_the_service_that_changed(project: Path, rendered: list[str]) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    rendered.clear()
    put(project, "beta", objective="99.5")
    done = generate(project / "services", project / "generated", today=TODAY)
    assert rendered == ["beta"]
    assert done.written is not None
    assert "prometheus/rules/beta.availability.yml" in done.written.changed
    assert not [path for path in done.written.changed if "alpha" in path]
    afresh = project / "afresh"
    generate(project / "services", afresh, today=TODAY)
    assert tree(afresh) == tree(project / "generated"), "step by step gives what one step gives"


def test_what_is_about_all_services_follows_a_change_in_one(project: Path) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    slower = SERVICE.format(name="beta", objective="99.9").replace("15 * seconds", "30 * seconds")
    put(project, "beta", slower)
    done = generate(project / "services", project / "generated", today=TODAY)
    generate(project / "services", project / "afresh", today=TODAY)
    assert tree(project / "generated") == tree(project / "afresh")
    assert done.written is not None
    assert [path for path in done.written.changed if "beta" not in path], "Grafana is told of the slowest scrapes"


def test_a_comment_renders_nothing(project: Path, rendered: list[str]) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    rendered.clear()
    put(project, "beta", "# a word to the reader\n" + SERVICE.format(name="beta", objective="99.9"))
    done = generate(project / "services", project / "generated", today=TODAY)
    assert not done.remembered
    assert rendered == []


def test_a_service_that_goes_takes_its_files_along(project: Path, rendered: list[str]) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    rendered.clear()
    (project / "services/beta.py").unlink()
    done = generate(project / "services", project / "generated", today=TODAY)
    assert rendered == []
    assert done.written is not None
    assert "runbooks/beta.md" in done.written.removed
    assert not [path for path in tree(project / "generated") if "beta" in path]


def test_a_service_that_comes_is_noticed(project: Path, rendered: list[str]) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    rendered.clear()
    put(project, "gamma")
    assert not generate(project / "services", project / "generated", today=TODAY).remembered
    assert rendered == ["gamma"]


def test_services_are_in_the_order_of_their_names_whatever_their_files_are_called(tmp_path: Path) -> None:
    put(tmp_path, "a", SERVICE.format(name="zulu", objective="99.9"))
    put(tmp_path, "z", SERVICE.format(name="alpha", objective="99.9"))
    assert [s.name for s in lint(tmp_path / "services", today=TODAY).services] == ["alpha", "zulu"]


def test_a_file_that_somebody_edited_is_put_right(project: Path, rendered: list[str]) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    before = tree(project / "generated")
    rendered.clear()
    for path in ("prometheus/rules/alpha.availability.yml", "MANIFEST.sha256"):
        (project / "generated" / path).write_text("edited\n")
        assert not generate(project / "services", project / "generated", today=TODAY, force=True).remembered
        assert tree(project / "generated") == before
    assert rendered == ["alpha"]


@pytest.mark.parametrize("form", ["import", "data", "listing"])
def test_whatever_a_service_reads_is_remembered_as_an_input(project: Path, form: str) -> None:
    shared = project / "shared"
    shared.mkdir()
    (shared / "goal.py").write_text("GOAL = 99.9\n")
    (shared / "goal.json").write_text("99.9")
    (shared / "99.9.goal").write_text("")
    here = "import json, pathlib\nHERE = pathlib.Path(__file__).parent.parent / 'shared'\n"
    how = {
        "import": "from shared.goal import GOAL",
        "data": f"{here}GOAL = json.loads((HERE / 'goal.json').read_text())",
        "listing": f"{here}GOAL = float(sorted(HERE.glob('*.goal'))[-1].stem)",
    }
    text = SERVICE.format(name="alpha", objective="GOAL")
    text = text.replace("from relrails import", f"{how[form]}\nfrom relrails import", 1)
    put(project, "alpha", text)
    for file in shared.iterdir():
        os.utime(file, (1e9, 1e9))
    generate(project / "services", project / "generated", today=TODAY)
    assert generate(project / "services", project / "generated", today=TODAY).remembered
    if form == "listing":
        (shared / "99.95.goal").write_text("")
    else:
        name = {"import": "goal.py", "data": "goal.json"}[form]
        file = shared / name
        file.write_text(file.read_text().replace("99.9", "99.95"))
    done = generate(project / "services", project / "generated", today=TODAY)
    assert done.written is not None
    assert "prometheus/rules/alpha.availability.yml" in done.written.changed


def test_a_file_that_changes_while_it_is_read_is_not_remembered(project: Path) -> None:
    text = SERVICE.format(name="alpha", objective="99.9") + "\nimport pathlib\npathlib.Path(__file__).touch()\n"
    put(project, "alpha", text)
    generate(project / "services", project / "generated", today=TODAY)
    assert not generate(project / "services", project / "generated", today=TODAY).remembered


def test_another_version_of_anything_that_renders_starts_anew(
    project: Path, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from relrails.generate import run

    generate(project / "services", project / "generated", today=TODAY)
    rendered.clear()
    monkeypatch.setattr(run, "engine", lambda: "another")
    generate(project / "services", project / "generated", today=TODAY)
    assert rendered == ["alpha", "beta"]


def test_the_engine_is_all_of_relrails_and_all_that_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from relrails.generate import inputs

    def engine() -> str:
        inputs.engine.cache_clear()
        return inputs.engine()

    package = tmp_path / "relrails"
    shutil.copytree(Path(relrails.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(inputs, "_PACKAGE", package)
    seen = {engine()}
    assert engine() in seen
    (package / "render" / "prometheus.py").open("a").write("\n")
    seen.add(engine())
    (tmp_path / "site").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert engine() in seen
    (tmp_path / "site" / "pint-99.dist-info").mkdir()
    seen.add(engine())
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    seen.add(engine())
    assert len(seen) == 4
    inputs.engine.cache_clear()


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other", "old format", "folder"])
def test_a_damaged_memory_is_as_good_as_none(project: Path, rendered: list[str], damage: str) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    file = place(project / "services", project / "generated")
    data = file.read_bytes()
    assert recall(file) is not None
    flipped = data.replace(b'"services": 2', b'"services": 3')
    assert flipped != data
    harm = {"cut": data[:-40], "flip": flipped, "empty": b"", "other": b"null", "old format": b"0" + data[1:]}
    if damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(harm[damage])
    assert recall(file) is None
    rendered.clear()
    assert not generate(project / "services", project / "generated", today=TODAY).remembered
    assert rendered == ["alpha", "beta"]


def test_a_memory_is_checked_before_it_is_read(project: Path) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    file = place(project / "services", project / "generated")
    for body in ("[]", "{}", '{"problems": [], "pieces": {}}', '{"problems": [{}], "pieces": {}}'):
        digest = subprocess.run([SHA256SUM], input=body.encode(), capture_output=True, check=True).stdout[:64].decode()
        file.write_text(f"1 {digest}\n{body}")
        assert recall(file) is None


def test_the_memory_hides_itself_from_git(project: Path) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    assert (project / ".relrails-cache/.gitignore").read_text() == "*\n"
    assert json.loads(place(project / "services", project / "generated").read_text().split("\n", 1)[1])["services"] == 2


def test_a_folder_that_cannot_be_written_only_costs_the_memory(project: Path) -> None:
    (project / ".relrails-cache").write_text("a file is in the way")
    assert generate(project / "services", project / "generated", today=TODAY).written is not None
    assert not generate(project / "services", project / "generated", today=TODAY).remembered


def test_warnings_and_notes_are_told_again_by_a_run_that_does_nothing(project: Path) -> None:
    put(project, "alpha", objective="90")
    first = generate(project / "services", project / "generated", today=TODAY)
    again = generate(project / "services", project / "generated", today=TODAY)
    assert again.remembered
    assert first.problems
    assert again.problems == first.problems


def test_a_waiver_ends_on_its_day_whatever_is_remembered(project: Path) -> None:
    waived = SERVICE.format(name="alpha", objective="99.9").replace(
        'owner="team",', 'owner="",  # relrails: allow service/no-owner until 2026-03-01, because we are choosing one'
    )
    put(project, "alpha", waived)
    generate(project / "services", project / "generated", today=TODAY)
    assert generate(project / "services", project / "generated", today=TODAY).remembered
    late = generate(project / "services", project / "generated", today=date(2026, 3, 2))
    assert late.written is None
    assert "waiver/expired" in {p.code for p in late.problems}


def test_check_and_diff_do_not_believe_the_memory(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    monkeypatch.setattr(rendering, "of_service", lambda service: iter([File(f"runbooks/{service.name}.md", "new\n")]))
    assert generate(project / "services", project / "generated", today=TODAY).remembered
    found = check(project / "services", project / "generated", today=TODAY).stale
    assert found is not None
    assert ("runbooks/alpha.md", "differs") in {(s.path, s.how) for s in found}
    lines = diff(project / "services", project / "generated", today=TODAY).lines
    assert lines is not None
    assert "+++ b/generated/runbooks/alpha.md\n" in set(lines)


def test_the_repr_of_a_description_is_all_of_it_but_its_place() -> None:
    """Services are remembered by their repr: a field left out of it would change nothing."""
    found = set()
    for name in ("service", "slo", "metric", "promql", "sli"):
        module = importlib.import_module(f"relrails.{name}")
        inside = [
            importlib.import_module(m.name)
            for m in pkgutil.iter_modules(getattr(module, "__path__", []), f"{module.__name__}.")
        ]
        for value in (v for m in (module, *inside) for v in vars(m).values()):
            if isinstance(value, type) and is_dataclass(value):
                found |= {f"{value.__qualname__}.{f.name}" for f in fields(value) if not f.repr and f.name != "source"}
                assert value.__repr__ is not object.__repr__
    assert found == set()
    assert " at 0x" not in repr(SERVICES[0])


def test_several_processes_give_what_one_gives_in_the_same_order() -> None:
    def work(number: int) -> tuple[int, str]:
        time.sleep(0.001 * (number % 3))
        return number, "x" * 100_000

    items = list(range(20))
    assert list(spread(work, items, workers=3)) == [work(n) for n in items] == list(spread(work, items, workers=1))


def test_a_failure_in_a_process_is_told_with_its_traceback() -> None:
    def work(number: int) -> float:
        return 1 / (number - 5)

    with pytest.raises(WorkFailed, match="ZeroDivisionError"):
        list(spread(work, range(20), workers=2))


def test_a_process_that_is_killed_is_noticed() -> None:
    def work(number: int) -> int:
        if number == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(WorkFailed, match="killed"):
        list(spread(work, range(20), workers=2))


def test_what_is_done_aside_is_done_by_another_process_and_only_where_that_helps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for cores, elsewhere in ((2, True), (1, False)):
        monkeypatch.setattr(parallel, "_cores", lambda cores=cores: cores)
        with aside(os.getpid) as result:
            assert (result() != os.getpid()) is elsewhere


def test_no_process_with_threads_is_copied() -> None:
    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()
    try:
        with aside(os.getpid) as result:
            assert result() == os.getpid()
    finally:
        over.set()
        other.join()


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda: 1 / 0, "ZeroDivisionError"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "killed"),
        (lambda: sys.exit(0), "killed"),
    ],
    ids=["raises", "is killed", "exits"],
)
def test_what_fails_aside_is_told(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object], said: str) -> None:
    monkeypatch.setattr(parallel, "_cores", lambda: 2)
    with pytest.raises(WorkFailed, match=said), aside(work) as result:
        result()


def test_what_is_done_aside_ends_with_those_who_do_not_want_it_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_cores", lambda: 2)
    with pytest.raises(KeyError), aside(lambda: time.sleep(600)):
        raise KeyError
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_processes_do_not_outlive_the_one_that_started_them(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys, time; from relrails.generate.parallel import spread\n"
        "def work(n):\n"
        f"    pathlib.Path({str(tmp_path)!r}, str(os.getpid())).touch(); time.sleep(0.05); return n\n"
        "for _ in spread(work, range(10_000), workers=3): print(flush=True)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": _source()}
    )
    assert parent.stdout is not None
    for _ in range(3):
        parent.stdout.readline()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    children = [int(file.name) for file in tmp_path.iterdir()]
    assert len(children) == 3
    until = time.monotonic() + 20
    while any(_is_alive(child) for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert [child for child in children if _is_alive(child)] == []


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_run_in_several_processes_writes_the_same_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        put(tmp_path, f"service{number}")
    generate(tmp_path / "services", tmp_path / "one", today=TODAY)
    monkeypatch.setattr(parallel, "processes", lambda items: 3 if items else 1)
    monkeypatch.setattr(rendering, "processes", parallel.processes)
    seen: list[tuple[int, int]] = []
    generate(tmp_path / "services", tmp_path / "three", today=TODAY, progress=lambda *told: seen.append(told))
    assert tree(tmp_path / "three") == tree(tmp_path / "one")
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_dashboards_drawn_aside_are_those_drawn_here(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    for cores in (1, 2):
        monkeypatch.setattr(parallel, "_cores", lambda cores=cores: cores)
        generate(project / "services", project / str(cores), today=TODAY)
        drawn.append(tree(project / str(cores)))
    assert drawn[0] == drawn[1]
    assert any(path.endswith("alpha.json") for path in drawn[1])


@pytest.mark.parametrize("cores", [1, 2])
def test_dashboards_begun_before_the_checks_are_of_no_matter_when_one_finds_an_error(
    project: Path, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    begun, wanted = project / "begun", tree(project / "generated")
    shutil.rmtree(project / ".relrails-cache")
    monkeypatch.setattr(parallel, "_cores", lambda: cores)

    def never(service: Service) -> Iterator[File]:
        begun.touch()
        raise ZeroDivisionError(service.name)

    monkeypatch.setattr("relrails.render.grafana.render_service", never)
    checked = relrails.checks.run

    def slow(services: list[Service], today: date) -> object:
        until = time.monotonic() + 60
        while cores > 1 and not begun.exists():
            assert time.monotonic() < until, "nothing is drawn while the services are checked"
            time.sleep(0.01)
        return checked(services, today)

    monkeypatch.setattr(relrails.checks, "run", slow)
    put(project, "alpha", objective="100")
    generated = generate(project / "services", project / "generated", today=TODAY)
    assert [p.code for p in generated.problems if p.severity is Severity.ERROR] == ["slo/no-error-budget"]
    assert generated.written is None
    assert tree(project / "generated") == wanted
    assert begun.exists() == (cores > 1)


@pytest.mark.parametrize("cores", [1, 2])
def test_a_fault_in_a_dashboard_leaves_the_old_tree(project: Path, monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    before = tree(project / "generated")
    put(project, "alpha", objective="99.5")
    monkeypatch.setattr(parallel, "_cores", lambda: cores)
    monkeypatch.setattr("relrails.render.grafana.service.service_dashboard", lambda _: 1 / 0)
    with pytest.raises((WorkFailed, ZeroDivisionError)):
        generate(project / "services", project / "generated", today=TODAY)
    assert tree(project / "generated") == before


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_run_that_is_killed_between_two_services_leaves_the_old_tree(project: Path, after: int) -> None:
    generate(project / "services", project / "generated", today=TODAY)
    before = tree(project / "generated")
    put(project, "alpha", objective="99.5")
    put(project, "beta", objective="99.5")
    put(project, "gamma")
    child = os.fork()
    if child == 0:
        try:
            generate(
                project / "services",
                project / "generated",
                today=TODAY,
                progress=lambda done, _: os.kill(os.getpid(), signal.SIGKILL) if done == after else None,
            )
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = {p: t for p, t in tree(project / "generated").items() if not p.startswith(".relrails-stage/")}
    assert left == before
    generate(project / "services", project / "generated", today=TODAY)
    generate(project / "services", project / "afresh", today=TODAY)
    assert tree(project / "generated") == tree(project / "afresh")


def test_nothing_that_is_written_tells_when_it_was(project: Path) -> None:
    generate(project / "services", project / "generated", today=datetime.now(UTC).date())
    year = str(datetime.now(UTC).year).encode()
    dated = [p for p, text in tree(project / "generated").items() if b"-".join((year, b"")) in text]
    assert dated == []
