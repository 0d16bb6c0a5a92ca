"""Before the start: the framework is the one the mends were proven on, and inside it looks as they expect."""

from __future__ import annotations

import hashlib
import inspect
from importlib import metadata
from typing import Any

import aiokafka.consumer.consumer
import aiokafka.consumer.fetcher
import aiokafka.producer.message_accumulator
import aiokafka.producer.producer
import aiokafka.record.default_records
import aiokafka.record.memory_records
import faust.app.base
import faust.assignor.partition_assignor
import faust.streams
import faust.tables.base
import faust.tables.manager
import faust.tables.recovery
import faust.transport.consumer
from faust.transport.drivers import aiokafka as driver

from worker.errors import ConfigError

_FAUST, _AIOKAFKA = "0.15.", "0.14."

# What `worker.stream` overrides, calls or relies on beyond the documented interface, and a hash of each source as proven.
_RELIED_ON: dict[str, tuple[Any, str]] = {
    "faust Consumer.commit": (faust.transport.consumer.Consumer.commit, "ca4e85d024ef"),
    "faust Consumer.on_partitions_revoked": (faust.transport.consumer.Consumer.on_partitions_revoked, "bff85c032527"),
    "faust Consumer._drain_messages": (faust.transport.consumer.Consumer._drain_messages, "b62bd6539aeb"),
    "faust Fetcher._fetcher": (faust.transport.consumer.Fetcher._fetcher.fun, "95b99a83fbd6"),
    "faust driver _fetch_records": (driver.AIOKafkaConsumerThread._fetch_records, "8e15801cd1ae"),
    "faust driver _seek_wait": (driver.AIOKafkaConsumerThread._seek_wait, "906df6f0e086"),
    "faust driver _create_worker_consumer": (driver.AIOKafkaConsumerThread._create_worker_consumer, "9246a21942b3"),
    "faust driver Producer._new_producer": (driver.Producer._new_producer, "fc3a1db4b530"),
    "faust App._on_partitions_revoked": (faust.app.base.App._on_partitions_revoked, "289e06db160c"),
    "faust App._on_partitions_assigned": (faust.app.base.App._on_partitions_assigned, "87d6dabfbdaf"),
    "faust Recovery.on_rebalance": (faust.tables.recovery.Recovery.on_rebalance, "ccf60b5f1747"),
    "faust Recovery._wait": (faust.tables.recovery.Recovery._wait, "a17ce9f74487"),
    "faust Recovery.on_recovery_completed": (faust.tables.recovery.Recovery.on_recovery_completed, "8952e57ca77c"),
    "faust TableManager.on_start": (faust.tables.manager.TableManager.on_start, "ff7f72f993a6"),
    "faust TableManager.on_rebalance": (faust.tables.manager.TableManager.on_rebalance, "6c39f409fe7a"),
    "faust PartitionAssignor._get_copartitioned_groups": (
        faust.assignor.partition_assignor.PartitionAssignor._get_copartitioned_groups.__func__,
        "9a0a50dabb71",
    ),
    "aiokafka Fetcher.fetched_records": (aiokafka.consumer.fetcher.Fetcher.fetched_records, "377ee3925c9f"),
    "aiokafka PartitionRecords._unpack_records": (
        aiokafka.consumer.fetcher.PartitionRecords._unpack_records,
        "64d9a048c8ea",
    ),
    "aiokafka MemoryRecords.next_batch": (aiokafka.record.memory_records._MemoryRecordsPy.next_batch, "25fad757ed36"),
    "aiokafka DefaultRecordBatch._read_msg": (
        aiokafka.record.default_records._DefaultRecordBatchPy._read_msg,
        "93dc7c1b3f83",
    ),
    "aiokafka AIOKafkaConsumer.seek": (aiokafka.consumer.consumer.AIOKafkaConsumer.seek, "bb08b93d4a66"),
    "aiokafka AIOKafkaProducer.send_batch": (aiokafka.producer.producer.AIOKafkaProducer.send_batch, "94a05520ee3c"),
    "aiokafka MessageAccumulator.add_batch": (
        aiokafka.producer.message_accumulator.MessageAccumulator.add_batch,
        "d833a80f6fa3",
    ),
    "aiokafka MessageBatch.remaining_linger": (
        aiokafka.producer.message_accumulator.MessageBatch.remaining_linger,
        "071ee732108a",
    ),
}


def fingerprint(function: Any) -> str:
    """A hash of a function's source."""
    return hashlib.blake2b(inspect.getsource(function).encode(), digest_size=6).hexdigest()


def framework() -> None:
    """Raise ConfigError when the framework is not the one that `worker.stream` was proven on."""
    for name, prefix in (("faust-streaming", _FAUST), ("aiokafka", _AIOKAFKA)):
        if not (version := metadata.version(name)).startswith(prefix):
            raise ConfigError(
                f"{name} {version} is installed; the worker is proven on {prefix}*: pip install '{name}=={prefix}*'"
            )
    if getattr(faust.streams, "_CStreamIterator", None) is None:
        raise ConfigError(
            "faust's compiled extension is missing or switched off (NO_CYTHON): its Python twin acks what it skips "
            "(streams.py:1344). Unset NO_CYTHON and install faust-streaming from a wheel"
        )
    if changed := [name for name, (function, known) in _RELIED_ON.items() if fingerprint(function) != known]:
        raise ConfigError(
            f"faust-streaming {metadata.version('faust-streaming')} or aiokafka {metadata.version('aiokafka')} differs from "
            f"what the delivery was proven on, in: {', '.join(changed)}. Install faust-streaming==0.15.3 and aiokafka==0.14.0"
        )
