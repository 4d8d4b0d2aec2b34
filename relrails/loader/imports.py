"""Imports of a project's own files: always fresh, apart from installed packages, and gone when we are done."""

import importlib
import importlib.machinery
import importlib.util
import io
import os
import sys
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from keyword import iskeyword
from pathlib import Path
from types import CodeType, ModuleType, TracebackType

_RESERVED = sys.stdlib_module_names | {"relrails"}


class Project(MetaPathFinder):
    """The folder around services/, whose files can be imported inside a `with` block.

    `from probes import x` and `from services import _helper` find the files beside the service, even where a package
    of that name is installed; what the process has imported under these names before is put aside and comes back.
    """

    def __init__(self, services: Path) -> None:
        self.root = services.parent
        self.imported: set[Path] = set()
        self._services = services
        self._package = services.name if _usable(services.name) else "_services"
        self._names = {self._package, *_modules_in(self.root)}
        self._aside: dict[str, ModuleType] = {}

    def load(self, name: str) -> ModuleType:
        """Import a file of the services folder; what it prints goes to stderr."""
        with _unchanged():
            return importlib.import_module(f"{self._package}.{name}")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module in the project; Python asks here first."""
        del target
        top, _, _ = fullname.partition(".")
        if top not in self._names:
            return None
        if fullname == self._package:
            return self._spec(fullname, self._services)
        tail = fullname.rpartition(".")[2]
        found = (self._spec(fullname, Path(folder) / tail) for folder in ([str(self.root)] if path is None else path))
        return next((spec for spec in found if spec is not None), None)

    def _spec(self, fullname: str, base: Path) -> ModuleSpec | None:
        for file, folders in ((base / "__init__.py", [str(base)]), (Path(f"{base}.py"), None)):
            if file.is_file():
                loader = _Fresh(fullname, str(file), self.imported)
                return importlib.util.spec_from_file_location(
                    fullname, file, loader=loader, submodule_search_locations=folders
                )
        if not base.is_dir():
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(base)]
        return spec

    def __enter__(self) -> "Project":
        self._aside = {name: module for name, module in sys.modules.items() if self._mine(name)}
        for name in self._aside:
            del sys.modules[name]
        sys.meta_path.insert(0, self)
        sys.path.insert(0, str(self.root))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ValueError):  # a service file may have removed them itself
            sys.meta_path.remove(self)
        with suppress(ValueError):
            sys.path.remove(str(self.root))
        for name in [name for name in sys.modules if self._mine(name)]:
            del sys.modules[name]
        sys.modules.update(self._aside)
        importlib.invalidate_caches()

    def _mine(self, name: str) -> bool:
        return name.partition(".")[0] in self._names


class _Fresh(SourceFileLoader):
    """Compiles the file as it is now: a .pyc cannot tell two versions of the same second and size apart."""

    def __init__(self, fullname: str, path: str, imported: set[Path]) -> None:
        super().__init__(fullname, path)
        self._imported = imported

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        self._imported.add(Path(path))
        data = self.get_data(path)
        _refuse_unreadable(path, data)
        code = compile(data, path, "exec", dont_inherit=True)
        assert isinstance(code, CodeType)  # noqa: S101 - for the type checker: no flag asks for a tree
        return code


def _refuse_unreadable(path: str, data: bytes) -> None:
    """Complain of odd bytes as Python does of syntax; versions differ in where they look for them."""
    nul = data.find(b"\0")
    if nul >= 0:
        line = data[:nul].count(b"\n") + 1
        column = nul - data.rfind(b"\n", 0, nul)
        raise SyntaxError("it holds a NUL byte", (path, line, column, None, line, column + 1))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise SyntaxError(getattr(error, "msg", "its encoding is another"), (path, None, None, None)) from error


def _usable(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name) and name not in _RESERVED


def _modules_in(root: Path) -> Iterator[str]:
    """Name what can be imported from a folder: its .py files, and folders that hold some."""
    for entry in root.iterdir():
        name = entry.stem if entry.suffix == ".py" else entry.name
        if _usable(name) and (entry.suffix == ".py" or (entry.is_dir() and any(entry.glob("*.py")))):
            yield name


@contextmanager
def _unchanged() -> Iterator[None]:
    """Keep a service file from our output, our input, our folder and our path."""
    path, stdin, folder = list(sys.path), sys.stdin, os.getcwd()  # noqa: PTH109 - as it is, to go back to
    with redirect_stdout(sys.stderr), _descriptor_to_stderr():
        sys.stdin = io.StringIO()
        try:
            yield
        finally:
            sys.stdin = stdin
            sys.path[:] = path
            os.chdir(folder)


@contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    """Send what a child process of a service file prints to stderr as well."""
    _flush()
    try:
        kept = os.dup(1)
    except OSError:  # closed: there is nothing to keep clean
        yield
        return
    try:
        with suppress(OSError):
            os.dup2(2, 1)
        yield
    finally:
        _flush()
        os.dup2(kept, 1)
        os.close(kept)


def _flush() -> None:
    with suppress(AttributeError, OSError, ValueError):  # none, broken or closed
        sys.__stdout__.flush()  # type: ignore[union-attr] # None without a terminal: AttributeError
