"""The Faust app: settings in; topics, tables, agents attached. Nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from worker.agents import clean, deduplicate, lists, match, publish, tag
from worker.dedup.lists import Lists
from worker.pool import Pool
from worker.settings import Settings
from worker.stages import TextOptions, setup
from worker.stream.app import App, Options
from worker.tables import Tables
from worker.topics import HEADER_ROOM, topics


def build(settings: Settings, folder: Path, until: Mapping[tuple[str, int], int] | None = None) -> App:
    """The worker, ready for ``worker.stream.runner.run``. ``folder`` holds the state of this one worker.

    ``until`` names offsets at which the reading of a (topic, partition) ends.
    """
    app = App(
        Options(
            kafka=settings.kafka_options(),
            group=settings.group_id,
            data=folder,
            dead_letters=settings.topic("dlq"),
            max_request=settings.max_message + HEADER_ROOM,
            topics=topics(settings),
            idempotent=settings.idempotent,
            watchdog=settings.watchdog,
            replication=settings.replication,
            # Brokers that refuse idempotent producers are the embedded ones; they know no topic configuration either.
            embedded=not settings.idempotent,
            until=until or {},
        )
    )
    options = TextOptions.of(settings)
    pool = Pool(settings.pool_size, settings.deadline, setup, options, progressed=app.progressed)
    app.before_start(pool.start)
    app.on_exit(pool.close)
    tables = Tables(app, settings)
    learned = Lists()
    # First of all hooks: what is published names the list, so the lists must be there before the outputs are compared.
    lists.attach(app, settings, learned, lambda: newest())
    clean.attach(app, settings, pool)
    tag.attach(app, settings, pool)
    match.attach(app, settings, tables)
    publishing = publish.attach(app, settings, tables, learned)
    newest = deduplicate.attach(app, settings, tables, publishing, learned)
    return app
