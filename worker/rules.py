"""The version of the rules: code, lexicons and models, list. It names what an article was made with."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from worker import __version__

_ROOMS = ("clean", "tag")
_CODE = (".py", ".pyc")


@cache
def data_version() -> str:
    """8 hex digits over the data files of the pure rooms: lexicons, gazetteers, models."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for room in _ROOMS:
        for path in sorted((here / room).rglob("*")):
            if path.is_file() and path.suffix not in _CODE and "__pycache__" not in path.parts:
                digest.update(path.relative_to(here).as_posix().encode() + b"\0")
                digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def rules_version(lists: str | None = None) -> str:
    """What stands in ``provenance.rules``: ``0.1.0+1a2b3c4d``, with ``/lists`` where learned lists are in use."""
    return f"{__version__}+{data_version()}" + (f"/{lists}" if lists else "")
