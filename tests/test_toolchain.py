"""Finding Prometheus' programs, and fetching them with the real apt from a mirror in a temporary folder."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from relrails import toolchain
from relrails.toolchain import FetchError, Tool, haproxy, pip_wheel
from relrails.toolchain.mirror import Mirror, mirrors

APT = tuple(shutil.which(program) for program in ("apt-get", "apt-cache", "dpkg", "dpkg-deb"))
needs_apt = pytest.mark.skipif(
    None in APT, reason="apt and dpkg are not on this system, so there is nothing to fetch with"
)

DEB822 = """\
# The archive of this machine
Types: deb deb-src
URIs: {uri}
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb
URIs: http://a-vendor.example/apt
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: {uri}-security
Suites: bookworm-security
Components: main
"""
ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb cdrom:[Debian]/ bookworm main
deb-src {uri} bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/archive.gpg] {uri} bookworm main contrib  # ours
deb http://a-vendor.example/apt bookworm main
deb http://a-vendor.example/docker bookworm stable
deb {uri}-security bookworm-security main
"""


def program(path: Path, version: str, *, says: str | None = None) -> Path:
    """A program that answers to --version; a file of its own, because finding asks each one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says or f'{path.name}, version {version}+ds (branch: x)'}'\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def only_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which nothing of Prometheus is, but all that apt and dpkg need."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("apt-get", "apt-cache", "dpkg", "dpkg-deb", "sh", "tar", "rm", "gzip", "xz"):
        real = shutil.which(name)
        if real is not None:
            (folder / name).symlink_to(real)
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.parametrize(("file", "text"), [("debian.sources", DEB822), ("extra.list", ONE_LINE)])
def test_the_mirror_is_read_from_both_formats_of_apt_and_comes_before_those_of_vendors(
    tmp_path: Path, file: str, text: str
) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (parts / file).write_text(text.format(uri="http://mirror.example/debian"), encoding="utf-8")

    found = mirrors("debian", frozenset({"bookworm"}), tmp_path)

    assert [mirror.uri for mirror in found] == ["http://mirror.example/debian", "http://a-vendor.example/apt"]
    assert ("Signed-By", "/usr/share/keyrings/archive.gpg") in found[0].options


def test_a_key_written_into_the_sources_is_passed_on_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEZ\n -----END PGP PUBLIC KEY BLOCK-----"
    commented = key.replace("\n .", "\n# Key: of the archive\n .")
    text = f"Types: deb\nURIs: http://m.example/debian\nSuites: stable\nComponents: main\nSigned-By:{commented}\n"
    (tmp_path / "sources.list.d/a.sources").write_text(text, encoding="utf-8")

    (mirror,) = mirrors("debian", frozenset({"stable"}), tmp_path)

    assert f"Signed-By: {key}\n" in mirror.source("sid", "main")
    assert "Suites: sid\n" in mirror.source("sid", "main")


def test_a_machine_without_sources_has_no_mirror(tmp_path: Path) -> None:
    assert mirrors("debian", frozenset({"bookworm"}), tmp_path) == ()


def test_programs_on_path_come_before_fetched_ones_and_each_version_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = program(tmp_path / "bin/promtool", "2.42.0")
    program(tmp_path / "tools/bookworm/usr/bin/promtool", "2.42.0")
    fetched = program(tmp_path / "tools/sid/usr/bin/promtool", "3.5.3")
    archive = program(tmp_path / "tools/prometheus-2.53.5.linux-amd64/promtool", "2.53.5")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("RELRAILS_TOOLS", str(tmp_path / "tools"))

    found = toolchain.find("promtool")

    assert found == (
        Tool(name="promtool", path=on_path, version=(2, 42, 0)),
        Tool(name="promtool", path=archive, version=(2, 53, 5)),
        Tool(name="promtool", path=fetched, version=(3, 5, 3)),
    )


def test_tools_are_looked_for_in_the_current_directory_unless_the_environment_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RELRAILS_TOOLS", raising=False)
    assert toolchain.directory() == tmp_path / ".tools"

    monkeypatch.setenv("RELRAILS_TOOLS", str(tmp_path / "elsewhere"))
    assert toolchain.directory() == tmp_path / "elsewhere"


def test_debians_names_for_programs_are_known(tmp_path: Path, only_apt: Path) -> None:
    program(tmp_path / "a/usr/bin/prometheus-alertmanager", "0.25.0")
    program(tmp_path / "a/usr/bin/prometheus-blackbox-exporter", "0.23.0")

    versions = [
        tool.version for name in ("alertmanager", "blackbox_exporter") for tool in toolchain.find(name, tmp_path)
    ]

    assert versions == [(0, 25, 0), (0, 23, 0)]


def test_a_program_that_does_not_run_is_left_out_aloud(
    tmp_path: Path, only_apt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tmp_path / "a/promtool", "", says="cannot open shared object")
    foreign = program(tmp_path / "b/promtool", "3.0.0")
    foreign.write_bytes(b"\x7fELF of another machine")
    dying = program(tmp_path / "c/promtool", "3.0.0")
    dying.write_text(f"{dying.read_text(encoding='utf-8')}exit 1\n", encoding="utf-8")

    assert toolchain.find("promtool", tmp_path) == ()

    said = capsys.readouterr().err
    assert "a/promtool is left out: --version exits 0 and says: cannot open shared object" in said
    assert "b/promtool is left out: it does not run here" in said
    assert "c/promtool is left out: --version exits 1 and says: promtool, version 3.0.0" in said


def test_a_program_that_was_replaced_is_asked_again(tmp_path: Path, only_apt: Path) -> None:
    path = program(tmp_path / "a/promtool", "2.42.0")
    before = toolchain.find("promtool", tmp_path)
    program(path, "2.53.10")

    assert [tool.version for tool in (*before, *toolchain.find("promtool", tmp_path))] == [(2, 42, 0), (2, 53, 10)]


def test_what_is_missing_is_told_with_the_checks_that_cannot_run(tmp_path: Path, only_apt: Path) -> None:
    program(tmp_path / "a/promtool", "2.42.0")
    program(tmp_path / "a/amtool", "0.25.0")

    missing = toolchain.missing(tmp_path)

    assert missing[0] == "no promtool 3.x: rules and proofs are not checked on Prometheus 3.x"
    assert not any("2.x" in sentence or "amtool" in sentence for sentence in missing)
    assert any(sentence.startswith("no blackbox_exporter: ") for sentence in missing)


# From here on: real apt, real packages, a mirror in a folder.

Publish = Callable[[str, dict[str, dict[str, str]]], None]


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """Apt's folder of settings on a machine whose mirror is a folder."""
    parts = tmp_path / "etc/sources.list.d"
    parts.mkdir(parents=True)
    uri = f"file:{tmp_path}/mirror/debian"
    text = f"Types: deb\nURIs: {uri}\nSuites: bookworm\nComponents: main\nTrusted: yes\n"
    (parts / "debian.sources").write_text(text, encoding="utf-8")
    return tmp_path / "etc"


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Publish a suite in the mirror: packages, each with its programs and their versions."""
    return lambda suite, packages: _publish(tmp_path / "mirror/debian", suite, packages)


def _publish(mirror: Path, suite: str, packages: dict[str, dict[str, str]]) -> None:
    architecture = _output("dpkg", "--print-architecture")
    index = []
    for package, programs in packages.items():
        tree = mirror / f"build/{suite}/{package}"
        for name, version in programs.items():
            path = tree / name if "/" in name else tree / "usr/bin" / name
            program(path, version, says=None if version else "does not run")
        control = (
            f"Package: {package}\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.com>\nDescription: test\n"
        )
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(control, encoding="utf-8")
        file = f"pool/{package}_{suite}.deb"
        (mirror / "pool").mkdir(exist_ok=True)
        _output("dpkg-deb", "--build", "-Znone", str(tree), str(mirror / file))
        content = (mirror / file).read_bytes()
        index.append(
            f"{control}Filename: {file}\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n"
        )
    where = f"main/binary-{architecture}/Packages"
    folder = mirror / "dists" / suite
    (folder / where).parent.mkdir(parents=True)
    listing = "\n".join(index).encode()
    (folder / where).write_bytes(listing)
    release = f"Suite: {suite}\nCodename: {suite}\nArchitectures: {architecture}\nComponents: main\nSHA256:\n"
    release += f" {hashlib.sha256(listing).hexdigest()} {len(listing)} {where}\n"
    (folder / "Release").write_text(release, encoding="utf-8")


def _output(*argv: str) -> str:
    program_path = shutil.which(argv[0]) or argv[0]
    return subprocess.run(
        [program_path, *argv[1:]], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


OLD = {
    "prometheus": {"prometheus": "2.42.0", "promtool": "2.42.0"},
    "prometheus-alertmanager": {"prometheus-alertmanager": "0.25.0", "amtool": "0.25.0"},
    "prometheus-blackbox-exporter": {"prometheus-blackbox-exporter": "0.23.0"},
}
NEW = {"prometheus": {"prometheus": "3.5.3"}, "promtool": {"promtool": "3.5.3"}}
DEBIAN_12 = ("debian", "bookworm")


@needs_apt
def test_both_generations_are_fetched_and_nothing_else_stays_behind(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path
) -> None:
    publish("bookworm", OLD)
    publish("sid", NEW)
    home = tmp_path / "tools"

    toolchain.fetch(home, etc=etc, release=DEBIAN_12)

    assert [str(tool) for tool in toolchain.find("promtool", home)] == ["promtool 2.42.0", "promtool 3.5.3"]
    assert toolchain.missing(home) == ()
    assert sorted(path.name for path in home.iterdir()) == [".lock", "bookworm", "sid"]
    assert (home / "sid/.packages").read_text(encoding="utf-8") == "prometheus_1_all.deb\npromtool_1_all.deb\n"


@needs_apt
def test_a_second_fetch_asks_nobody(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish("bookworm", OLD)
    publish("sid", NEW)
    home = tmp_path / "tools"
    toolchain.fetch(home, etc=etc, release=DEBIAN_12)
    shutil.rmtree(tmp_path / "mirror")
    (only_apt / "apt-get").unlink()
    capsys.readouterr()

    toolchain.fetch(home, etc=etc, release=DEBIAN_12)

    assert capsys.readouterr().err == ""


@needs_apt
def test_a_newest_suite_that_does_not_run_here_leaves_the_other_and_is_told(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path
) -> None:
    publish("bookworm", OLD)
    publish("sid", {"prometheus": {"prometheus": "3.5.3"}, "promtool": {"promtool": ""}})
    home = tmp_path / "tools"

    with pytest.raises(FetchError) as caught:
        toolchain.fetch(home, etc=etc, release=DEBIAN_12)

    assert "Prometheus 3.x from sid: promtool of this suite does not run on this machine" in str(caught.value)
    assert "rules and proofs are not checked on Prometheus 3.x" in str(caught.value)
    assert [str(tool) for tool in toolchain.find("promtool", home)] == ["promtool 2.42.0"]
    assert sorted(path.name for path in home.iterdir()) == [".lock", "bookworm"]


@needs_apt
def test_a_machine_whose_own_release_has_3_takes_2_from_an_older_one(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path
) -> None:
    publish("bookworm", OLD)
    publish("forky", NEW)
    home = tmp_path / "tools"

    toolchain.fetch(home, etc=etc, release=("debian", "forky"))

    assert {tool.version[0] for tool in toolchain.find("promtool", home)} == {2, 3}


@needs_apt
def test_a_machine_whose_own_release_has_2_needs_no_older_one(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path
) -> None:
    publish("trixie", OLD)
    publish("bookworm", OLD)
    publish("sid", NEW)
    home = tmp_path / "tools"

    toolchain.fetch(home, etc=etc, release=("debian", "trixie"))

    assert sorted(path.name for path in home.iterdir()) == [".lock", "sid", "trixie"]


@needs_apt
def test_a_fetched_program_that_was_damaged_is_fetched_again(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path
) -> None:
    publish("bookworm", OLD)
    publish("sid", NEW)
    home = tmp_path / "tools"
    toolchain.fetch(home, etc=etc, release=DEBIAN_12)
    (home / "sid/usr/bin/promtool").write_bytes(b"")

    toolchain.fetch(home, etc=etc, release=DEBIAN_12)

    assert toolchain.missing(home) == ()


@needs_apt
def test_what_a_killed_fetch_left_is_cleared_away_and_fetched_again(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path
) -> None:
    publish("bookworm", OLD)
    publish("sid", NEW)
    home = tmp_path / "tools"
    program(home / ".fetch-killed/tree/usr/bin/promtool", "2.42.0")
    (home / "bookworm/usr").mkdir(parents=True)

    toolchain.fetch(home, etc=etc, release=DEBIAN_12)

    assert sorted(path.name for path in home.iterdir()) == [".lock", "bookworm", "sid"]
    assert toolchain.missing(home) == ()


@needs_apt
def test_two_fetches_at_once_fetch_once(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish("bookworm", OLD)
    publish("sid", NEW)
    home = tmp_path / "tools"

    with ThreadPoolExecutor() as pool:
        both = [pool.submit(toolchain.fetch, home, etc=etc, release=DEBIAN_12) for _ in range(2)]
        for one in both:
            one.result(timeout=120)

    assert capsys.readouterr().err.count("fetching Prometheus' programs") == 2  # one for each suite


@needs_apt
def test_the_lists_of_the_system_are_left_alone(tmp_path: Path, publish: Publish, etc: Path, only_apt: Path) -> None:
    publish("bookworm", OLD)
    publish("sid", NEW)
    lists = Path("/var/lib/apt/lists")
    before = sorted((path.name, path.stat().st_mtime_ns) for path in lists.iterdir()) if lists.exists() else []

    toolchain.fetch(tmp_path / "tools", etc=etc, release=DEBIAN_12)

    after = sorted((path.name, path.stat().st_mtime_ns) for path in lists.iterdir()) if lists.exists() else []
    assert before == after


@needs_apt
def test_a_mirror_that_does_not_answer_is_told_with_apts_own_words(tmp_path: Path, etc: Path, only_apt: Path) -> None:
    with pytest.raises(FetchError) as caught:
        toolchain.fetch(tmp_path / "tools", etc=etc, release=DEBIAN_12)

    assert "Prometheus 2.x from bookworm: apt-get exited 100:" in str(caught.value)
    assert "not checked: no promtool 2.x" in str(caught.value)
    assert "repair apt" in str(caught.value) or "unpack the release archives" in str(caught.value)


@needs_apt
def test_a_mirror_that_fails_is_no_matter_while_another_answers(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish("bookworm", OLD)
    publish("sid", NEW)
    (tmp_path / "spare").symlink_to(tmp_path / "mirror")
    lines = (f"deb [trusted=yes] file:{tmp_path}/{name}/debian bookworm main\n" for name in ("absent", "spare"))
    (etc / "sources.list").write_text("".join(lines), encoding="utf-8")

    toolchain.fetch(tmp_path / "tools", etc=etc, release=DEBIAN_12)

    assert toolchain.missing(tmp_path / "tools") == ()
    # For each suite the absent mirror and then the one that answers; the spare one is not needed.
    assert capsys.readouterr().err.count("fetching Prometheus' programs") == 4


@needs_apt
def test_a_pip_is_fetched_for_a_python_that_came_without_one(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel = "usr/share/python-wheels/pip-23.0-py3-none-any.whl"
    publish("bookworm", {"python3-pip-whl": {wheel: "23.0"}})
    tools = tmp_path / "tools"

    assert pip_wheel.main(tools, etc=etc, release=DEBIAN_12) == 0
    assert capsys.readouterr().out == f"{tools}/pip/{wheel}\n"

    shutil.rmtree(tmp_path / "mirror")
    assert pip_wheel.main(tools, etc=etc, release=DEBIAN_12) == 0  # the second time asks nobody
    assert pip_wheel.main(tmp_path / "other", etc=etc, release=DEBIAN_12) == 1
    assert "pip could not be fetched" in capsys.readouterr().err


@needs_apt
def test_haproxy_is_fetched_with_its_libraries_and_finds_them(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path
) -> None:
    publish("bookworm", {"haproxy": {"usr/sbin/haproxy": "2.6.12"}, "liblua5.3-0": {"usr/lib/a-linux-gnu/lib": "1"}})

    haproxy.fetch(tmp_path / "tools", etc=etc, release=DEBIAN_12)
    haproxy.fetch(tmp_path / "tools", etc=tmp_path / "nobody-is-asked-again", release=DEBIAN_12)

    (found,) = toolchain.find("haproxy", tmp_path / "tools")
    assert found.version == (2, 6, 12)
    real = tmp_path / "tools/haproxy/usr/sbin/haproxy"
    real.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH"\n', encoding="utf-8")
    said = subprocess.run([found.path], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    assert Path(said.rstrip(":"), "lib").resolve() == tmp_path / "tools/haproxy/usr/lib/a-linux-gnu/lib"


@needs_apt
def test_a_haproxy_that_does_not_run_here_is_told_and_not_kept(
    tmp_path: Path, publish: Publish, etc: Path, only_apt: Path
) -> None:
    publish("bookworm", {"haproxy": {"usr/sbin/haproxy": ""}})

    with pytest.raises(FetchError, match="the haproxy of bookworm does not run on this machine"):
        haproxy.fetch(tmp_path / "tools", etc=etc, release=DEBIAN_12)

    assert not (tmp_path / "tools/haproxy").exists()


@needs_apt
def test_a_release_without_haproxy_is_told(tmp_path: Path, publish: Publish, etc: Path, only_apt: Path) -> None:
    publish("bookworm", OLD)

    with pytest.raises(FetchError, match="bookworm has no package haproxy"):
        haproxy.fetch(tmp_path / "tools", etc=etc, release=DEBIAN_12)


def test_the_pip_fetcher_needs_nothing_that_is_not_in_python(tmp_path: Path) -> None:
    (tmp_path / "pip/usr/share/python-wheels").mkdir(parents=True)
    wheel = tmp_path / "pip/usr/share/python-wheels/pip-23.0-py3-none-any.whl"
    wheel.touch()

    # -I and -S: no site-packages, no PYTHONPATH.
    fetcher = [sys.executable, "-I", "-S", str(Path(pip_wheel.__file__)), str(tmp_path)]
    done = subprocess.run(fetcher, capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == f"{wheel}\n"


def test_without_apt_the_message_says_so_and_where_to_put_the_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, etc: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(FetchError) as caught:
        toolchain.fetch(tmp_path / "tools", etc=etc, release=DEBIAN_12)

    assert "apt-get, apt-cache and dpkg are not all on PATH" in str(caught.value)
    assert f"{tmp_path}/tools/ANY-NAME/" in str(caught.value)


def test_another_system_is_told_what_to_install(tmp_path: Path, only_apt: Path, etc: Path) -> None:
    with pytest.raises(FetchError) as caught:
        toolchain.fetch(tmp_path / "tools", etc=etc, release=("Darwin", ""))

    assert "this system is Darwin" in str(caught.value)
    assert "brew install prometheus" in str(caught.value)


@pytest.mark.parametrize(("versions", "exit_code"), [(("2.42.0", "3.5.3"), 0), (("2.42.0", "2.53.5"), 1), ((), 1)])
def test_the_command_fails_without_a_promtool_of_each_generation(
    tmp_path: Path, versions: tuple[str, ...], exit_code: int
) -> None:
    for version in versions:
        program(tmp_path / f"tools/{version}/promtool", version)
    same_imports = {"PYTHONPATH": os.pathsep.join(sys.path)}
    environment = {**os.environ, **same_imports, "PATH": "/nowhere", "RELRAILS_TOOLS": str(tmp_path / "tools")}

    done = subprocess.run(
        [sys.executable, "-m", "relrails.toolchain"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == exit_code, done.stderr
    assert done.stdout.count("promtool ") == len(versions)
    assert ("no promtool 3.x" in done.stderr) == (exit_code == 1)


def test_the_promtools_of_this_test_run_say_the_versions_that_were_read(promtools: tuple[Tool, ...]) -> None:
    for tool in promtools:
        said = subprocess.run([tool.path, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
        assert f"promtool, version {'.'.join(map(str, tool.version))}" in said


def test_a_source_is_written_for_one_suite_and_for_package_lists_only() -> None:
    source = Mirror(uri="http://m.example/debian", options=(("Trusted", "yes"),)).source("sid", "main")

    assert source == (
        "Types: deb\nURIs: http://m.example/debian\nSuites: sid\nComponents: main\nTargets: Packages\nTrusted: yes\n"
    )
