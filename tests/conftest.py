"""Fixtures every test may use."""

from tests.kafka.fixtures import kafka, log, prefix

__all__ = ["kafka", "log", "prefix"]
