"""The real handlers of deduplication under random interleavings, crashes, moves and zombies.

`python -m tests.simulation` runs many; the crash model is harsher than any broker: state and messages since the last
commit are lost key by key and record by record, in no order.
"""
