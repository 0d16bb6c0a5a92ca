from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from worker.cli import main
from worker.tag.linear import LinearModel

ARTICLES = 120
WORDS = {"Garten": ("Beet", "Rose", "Kompost", "Hecke"), "Bahn": ("Lokomotive", "Schiene", "Waggon", "Weiche")}


def lines(label_key: str = "labels") -> list[bytes]:
    rows = []
    for i in range(ARTICLES):
        label = "Garten" if i % 2 else "Bahn"
        words = WORDS[label]
        text = (
            f"Im Ort {i} geht es seit langem um {words[i % 4]}, {words[(i + 1) % 4]} und {words[(i + 2) % 4]}. "
            "Die Anwohner haben darüber am Dienstag im Gemeindesaal gesprochen, rund hundert von ihnen waren gekommen.\n\n"
            "Eine Entscheidung fällt frühestens im kommenden Monat, sagte die Bürgermeisterin nach der Sitzung."
        )
        value = {"topic": label} if label_key == "labels" else [{"code": label}]
        rows.append(orjson.dumps({"id": str(i), "text": text, "title": f"Neues vom {words[i % 4]}", label_key: value}))
    return rows


def test_a_model_is_fitted_reported_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "a.jsonl", tmp_path / "model.npz"
    finished = [
        orjson.dumps({"status": "usable", "title": raw["title"], "body": raw["text"], "labels": raw["labels"]})
        for raw in map(orjson.loads, lines())
    ]
    source.write_bytes(b"\n".join([*finished, b"no json", b'{"status": "usable", "body": "ohne Label"}', b""]))
    assert main(["train-topics", str(source), "--out", str(out)]) == 0
    assert LinearModel.load(out).labels == ["Bahn", "Garten"]
    printed = capsys.readouterr()
    assert f"{ARTICLES} articles, 2 lines left out" in printed.err
    assert "held back:" in printed.out


def test_the_label_may_stand_elsewhere(tmp_path: Path) -> None:
    source, out = tmp_path / "a.jsonl", tmp_path / "model.npz"
    source.write_bytes(b"\n".join(lines("extra_topics")))
    assert main(["train-topics", str(source), "--out", str(out), "--label", "extra_topics"]) == 0
    assert LinearModel.load(out).labels == ["Bahn", "Garten"]


def test_no_label_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "a.jsonl", tmp_path / "model.npz"
    source.write_bytes(b"\n".join(lines()))
    assert main(["train-topics", str(source), "--out", str(out), "--label", "labels.nothing"]) == 1
    assert "--label" in capsys.readouterr().err
    assert not out.exists()
    assert main(["train-topics", str(tmp_path / "missing"), "--out", str(out)]) == 1
