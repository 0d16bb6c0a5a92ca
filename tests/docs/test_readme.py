"""What the README says of settings, commands and files is so."""

import dataclasses
import re
from pathlib import Path

from worker.cli import COMMANDS
from worker.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_every_setting_is_listed_with_its_default() -> None:
    listed = dict(re.findall(rf"^\| `{PREFIX}(\w+)` \| (.*?) \|", README, re.M))
    assert list(listed) == [spec.name.upper() for spec in dataclasses.fields(Settings)]
    for spec in dataclasses.fields(Settings):
        default = "" if spec.default is dataclasses.MISSING else spec.default
        shown = spec.metadata["shown"] or str(int(default) if isinstance(default, bool) else default)
        assert listed[spec.name.upper()].replace("`", "") == shown, spec.name


def test_commands_exist() -> None:
    for name in re.findall(r"news-worker ([a-z][a-z-]+)\b", README):
        assert name in COMMANDS, name


def test_links_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), (page.name, target)
