"""A zip file, held against its own manifest: a line for each file, `sha256  name`, as `sha256sum -c` reads it."""

import hashlib
import io
import re
import zipfile
import zlib

UNPACKED = 256 * 2**20
"""Bytes that all files may have together: a few packed kilobytes can unpack to terabytes."""
CHUNK = 2**16
_LINE = re.compile(r"^([0-9a-f]{64}) [ *](.+)$")


class PackError(ValueError):
    """The pack is not what its manifest says; the message says where it differs."""


def hold_against_manifest(body: bytes, manifest: str) -> None:
    """Raise PackError unless the manifest names exactly the other files of the zip file, with their SHA-256."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as pack:
            _compare(pack, manifest)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise PackError(f"it is no zip file that can be read: {error}") from None


def _compare(pack: zipfile.ZipFile, manifest: str) -> None:
    files = [entry for entry in pack.infolist() if not entry.is_dir()]
    names = [entry.filename for entry in files]
    if len(set(names)) < len(names):
        raise PackError("two files have the same name")
    if manifest not in names:
        raise PackError(f"there is no {manifest} among {len(names)} files")
    size = sum(entry.file_size for entry in files)
    if size > UNPACKED:
        raise PackError(f"it would unpack to {size} bytes, and {UNPACKED} are allowed")
    expected = _sums(pack.read(manifest).decode(), manifest)
    absent = sorted(expected.keys() - set(names))
    if absent:
        raise PackError(f"{absent[0]} is in {manifest}, and not in the pack")
    for name in names:
        if name == manifest:
            continue
        if name not in expected:
            raise PackError(f"{name} is in the pack, and not in {manifest}")
        if _sum(pack, name) != expected[name]:
            raise PackError(f"{name} has another checksum than {manifest} says")
    if not expected:
        raise PackError(f"{manifest} names no file")


def _sums(text: str, manifest: str) -> dict[str, str]:
    sums: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.match(line)
        if found is None:
            raise PackError(f"line {number} of {manifest} is no checksum and name")
        sums[found[2]] = found[1]
    return sums


def _sum(pack: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with pack.open(name) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
