"""The pure room of deduplication: from a cleaned article to its entry, from two entries to a score, from entries to clusters.

Nothing in here knows Kafka, a clock or a random number: the answer is a function of the articles, their times and the lists.
"""
