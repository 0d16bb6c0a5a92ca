# make demo    a broker, the worker, the API and sample articles; Ctrl-C ends it
# make test    every test, on an Apache Kafka of its own
# make check   ruff and mypy
# Each makes .venv and installs what it needs. Another Python: make demo PYTHON=python3.12

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: demo test check clean

demo: .venv/.local
	@$(BIN)/news-worker demo $(ARGS)

test: .venv/.test
	@$(BIN)/python -m pytest $(ARGS)

check: .venv/.test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy worker

clean:
	rm -rf .venv build news_worker.egg-info

.venv/.local: pyproject.toml | .venv/bin/pip
	@echo "installing (once) …" && $(BIN)/pip install --quiet --disable-pip-version-check -e '.[local]' && touch $@

.venv/.test: pyproject.toml | .venv/bin/pip
	@echo "installing (once) …" && $(BIN)/pip install --quiet --disable-pip-version-check -e '.[local,rocksdb,test]' && touch $@ .venv/.local

.venv/bin/pip:
	@test -n "$(PYTHON)" || { echo "news-worker needs Python 3.11 or newer, and none was found. Debian 12, Ubuntu 24.04 or later: sudo apt install python3 python3-venv; macOS: brew install python. Or name one: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "news-worker needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name a newer one: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no module venv. Debian and Ubuntu: sudo apt install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }
	@rm -rf .venv && $(PYTHON) -m venv .venv
