"""The producer and the transport: what faust builds its clients with."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner
from faust.transport.drivers import aiokafka as driver

from worker.errors import TransientError
from worker.stream.consumer import Consumer
from worker.stream.record import Send

if TYPE_CHECKING:
    from worker.stream.app import App

BATCH_BYTES = 256 << 10  # many small produce requests were a third of the untuned time
REQUEST_TIMEOUT_MS = (
    1_200_000  # the watchdog decides when the broker is gone; a short one let a frozen broker lose a record
)
OVERHEAD = 128  # bytes of a record batch and a record besides key, value and headers, rounded up


def wire_size(send: Send) -> int:
    """An upper bound of the bytes a record takes in a request."""
    headers = sum(len(k.encode()) + len(v or b"") + 10 for k, v in send.headers)
    return OVERHEAD + len(send.key or b"") + len(send.value or b"") + headers


class Producer(driver.Producer):
    """Sends whole batches: one request and one future for all records of a partition.

    Idempotent unless it is switched off: else a retried request may double or reorder what it carries, and faust switches
    it on only inside exactly_once (drivers/aiokafka.py:1323).
    """

    logger = logging.getLogger("faust")
    app: App

    def _settings_default(self) -> Mapping[str, Any]:
        return {
            "client_id": self.client_id,
            "acks": "all",
            "linger_ms": 5,
            "max_batch_size": BATCH_BYTES,
            "max_request_size": self.app.options.max_request,
            "request_timeout_ms": REQUEST_TIMEOUT_MS,
        }

    def _settings_auth(self) -> Mapping[str, Any]:
        return self.app.options.kafka

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"enable_idempotence": self.app.options.idempotent}

    async def deliver(self, sends: Sequence[Send]) -> list[tuple[str, int, int, int]]:
        """Write all records and return when the broker has them: (topic, partition, first offset, records) of each request.

        Order within a partition is kept. Raises TransientError when one cannot be delivered: nothing may then be confirmed.
        """
        producer = self._ensure_producer()
        by_place: dict[tuple[str, int], list[Send]] = defaultdict(list)
        partitions: dict[str, list[int]] = {}
        try:
            for send in sends:
                if (known := partitions.get(send.topic)) is None:
                    known = partitions[send.topic] = sorted(await producer.partitions_for(send.topic))
                at = send.partition if send.partition is not None else _PARTITIONER(send.key, known, known)
                by_place[send.topic, at].append(send)
            written = await asyncio.gather(
                *(self._write(producer, topic, at, group) for (topic, at), group in by_place.items()),
                return_exceptions=True,
            )
        except KafkaError as error:
            raise _undelivered(error) from error
        for (topic, _), each in zip(by_place, written, strict=True):
            if isinstance(each, BaseException):
                raise _undelivered(each, topic) from each
        return [request for requests in written if not isinstance(requests, BaseException) for request in requests]

    @staticmethod
    async def _write(producer: Any, topic: str, at: int, group: list[Send]) -> list[tuple[str, int, int, int]]:
        # Closed batches do not linger: everything that goes together is known here.
        pending: list[tuple[Any, int]] = []
        batch = producer.create_batch()
        for send in group:
            while batch.append(timestamp=send.timestamp, key=send.key, value=send.value, headers=send.headers) is None:
                pending.append((await producer.send_batch(batch, topic, partition=at), batch.record_count()))
                batch = producer.create_batch()
        batch.close()
        pending.append((await producer.send_batch(batch, topic, partition=at), batch.record_count()))
        return [(topic, at, (await future).offset, count) for future, count in pending]


_PARTITIONER = DefaultPartitioner()


def _undelivered(error: BaseException, topic: str = "the broker") -> BaseException:
    if isinstance(error, asyncio.CancelledError):
        return error
    return TransientError(f"a record could not be delivered to {topic}: {type(error).__name__}: {error}")


class Transport(driver.Transport):
    """aiokafka clients with the mends."""

    Consumer = Consumer
    Producer = Producer
