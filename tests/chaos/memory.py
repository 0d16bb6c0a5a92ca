"""``news-worker`` without RocksDB, as where the extra is not installed: state is kept in memory.

python -m tests.chaos.memory worker
"""

from __future__ import annotations

import sys

sys.modules["rocksdict"] = None  # type: ignore[assignment] # importing it fails from now on

from worker.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
