"""`python -m worker.clean.train [--pages N] [--seed S] [--epochs E] [--out FILE]`: train the line model anew."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from worker.clean.train.fit import fit


def main() -> None:
    """Train on made-up pages and write the weights as half-precision arrays."""
    parser = argparse.ArgumentParser(prog="python -m worker.clean.train", description=__doc__)
    parser.add_argument("--pages", type=int, default=6000, help="made-up pages to train on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "data" / "lines.npz")
    options = parser.parse_args()
    weights, figures = fit(options.pages, options.seed, options.epochs)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.out, **{name: a.astype(np.float16) for name, a in weights.items()})  # type: ignore[arg-type]
    print(f"{figures}; {options.out} has {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
