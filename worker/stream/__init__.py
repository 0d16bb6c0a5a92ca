"""The hardened stream loop on faust and aiokafka: batches, offsets, state, dead letters, watchdog. It knows no news.

`app.App` is the faust app to make, `batch.attach` gives it an agent, `state.State` a table, `runner.run` runs it.
What the framework loses and which mend answers it: the docstrings of `consumer`, `ledger`, `recovery` and `batch`.
"""
