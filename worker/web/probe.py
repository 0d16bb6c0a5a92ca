"""`python -m worker.web.probe [/healthz]`: exit status 0 where the process at NEWS_WORKER_WEB answers 200."""

from __future__ import annotations

import http.client
import os
import sys

_TIMEOUT = 4.0


def main() -> int:
    """Ask one path of the web server in this container."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    host, _, port = os.environ.get("NEWS_WORKER_WEB", "127.0.0.1:8081").rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "[::]": "::1", "": "127.0.0.1"}.get(host, host)
    connection = http.client.HTTPConnection(host, int(port), timeout=_TIMEOUT)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        print(answer.read(2000).decode("utf-8", "replace"))
        return 0 if answer.status == 200 else 1
    except (OSError, http.client.HTTPException) as error:
        print(f"{path} does not answer: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
