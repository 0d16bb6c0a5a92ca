"""Fixtures every test may use."""

from hypothesis import settings

from tests.kafka.fixtures import kafka, log, prefix

# How long an example takes says something of the machine, nothing of the product.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

__all__ = ["kafka", "log", "prefix"]
