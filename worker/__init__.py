"""news-worker: cleans, tags and deduplicates scraped news on Kafka."""

__version__ = "0.1.0"
