"""Feeds the input of a scenario at a rate, in a thread of its own; survives a broker that is away for a while."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer

Input = Iterable[tuple[bytes | None, bytes | None]]


class Feeder(threading.Thread):
    """Sends ``records`` to ``topic``, ``rate`` a second, and remembers where each one landed."""

    def __init__(self, address: str, topic: str, records: Input, rate: float) -> None:
        super().__init__(daemon=True)
        self._address, self._topic, self._records, self._rate = address, topic, records, rate
        self.sent = 0
        self.error: BaseException | None = None
        self.stopped = threading.Event()

    def run(self) -> None:
        """Feed until all is sent or `stopped` is set."""
        try:
            asyncio.run(self._feed())
        except BaseException as error:
            self.error = error

    async def _feed(self) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._address,
            enable_idempotence=True,
            linger_ms=5,
            request_timeout_ms=900_000,
            max_request_size=16 << 20,
        )
        await producer.start()
        try:
            clock = asyncio.get_running_loop().time
            start = clock()
            pending = []
            for i, (key, value) in enumerate(self._records):
                if self.stopped.is_set():
                    break
                pending.append(await producer.send(self._topic, value, key=key))
                self.sent = i + 1
                if (ahead := i / self._rate - (clock() - start)) > 0.02:
                    await asyncio.sleep(ahead)
            for each in pending:
                await each
        finally:
            await producer.stop()
