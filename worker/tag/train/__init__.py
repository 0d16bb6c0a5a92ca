"""Scripts that build the data files of `worker/tag/data`; nothing here is imported at run time.

Use when: a data file or a model is to be built anew. Each script names the packages it needs beyond the worker's own.
"""
