"""The version of the rules: code, lexicons and models. It names what an article was made with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from worker import __version__

_HERE = Path(__file__).parent
_ROOMS = ("clean", "tag")
_CODE = (".py", ".pyc")


@cache
def rules_version(*own: str) -> str:
    """What stands in ``provenance.rules``: the version and 8 hex digits over all data files, ``0.1.0+1a2b3c4d``.

    ``own`` are paths of files and folders that an operator puts beside the package's: lexicons, a topic model; the name
    of a model that is installed counts as it stands.
    """
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in _files(_HERE / room):
            digest.update(path.relative_to(_HERE).as_posix().encode() + b"\0" + path.read_bytes())
    for name in filter(None, own):
        digest.update(b"\0own\0")
        if not Path(name).exists():
            digest.update(name.encode())
        for path in _files(Path(name)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:8]}"


def _files(path: Path) -> Iterator[Path]:
    for each in [path] if path.is_file() else sorted(path.rglob("*")):
        if each.is_file() and each.suffix not in _CODE and "__pycache__" not in each.parts:
            yield each
