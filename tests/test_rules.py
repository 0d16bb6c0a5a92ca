from __future__ import annotations

from pathlib import Path

from worker import __version__
from worker.rules import rules_version


def test_lexicons_and_models_of_ones_own_have_a_version_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text("{}")
    own = rules_version(str(tmp_path))
    assert own != rules_version() and own.startswith(__version__ + "+")
    rules_version.cache_clear()
    assert rules_version(str(tmp_path)) == own
    rules_version.cache_clear()
    (tmp_path / "topics.json").write_text("{ }")
    assert rules_version(str(tmp_path)) != own
    assert rules_version("", "de=a_model") != rules_version("", "de=another")
