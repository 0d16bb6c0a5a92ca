"""The start is refused where the framework is not the one the delivery was proven on."""

from __future__ import annotations

import faust.streams
import pytest

from worker.errors import ConfigError
from worker.stream import check, folder


def test_the_installed_framework_is_the_proven_one() -> None:
    check.framework()


def test_a_changed_internal_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "faust Recovery._wait"
    monkeypatch.setitem(check._RELIED_ON, name, (lambda: None, check._RELIED_ON[name][1]))
    with pytest.raises(ConfigError, match=r"Recovery\._wait"):
        check.framework()


def test_without_the_compiled_extension_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faust.streams, "_CStreamIterator", None)
    with pytest.raises(ConfigError, match="NO_CYTHON"):
        check.framework()


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check.metadata, "version", lambda name: "0.16.1")
    with pytest.raises(ConfigError, match="proven on"):
        check.framework()


def test_each_worker_gets_a_folder_of_its_own(tmp_path: object) -> None:
    from pathlib import Path

    root = Path(str(tmp_path))
    first, second = folder.claim(root), folder.claim(root)
    assert (first.name, second.name) == ("worker-0", "worker-1")
    folder._held.pop().close()
    assert folder.claim(root).name == "worker-1"
