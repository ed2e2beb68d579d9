# Mediaops. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run demo test lint bench messages install install-dev

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
PY := .venv/bin/python

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: install  ## start everything at http://127.0.0.1:8000 (PORT=… picks another); Ctrl-C stops it
	@exec $(PY) -m mediaops.run

demo: install  ## make the demo workspace anew
	@$(PY) manage.py prepare && exec $(PY) manage.py seed_demo

install:
	@command -v "$(PYTHON)" >/dev/null || { echo "mediaops: Python 3.11 or newer is needed; there is no python3 here." >&2; exit 1; }
	@"$(PYTHON)" deploy/install.py requirements.txt

install-dev:
	@command -v "$(PYTHON)" >/dev/null || { echo "mediaops: Python 3.11 or newer is needed; there is no python3 here." >&2; exit 1; }
	@"$(PYTHON)" deploy/install.py requirements-dev.txt

test: install-dev  ## all tests: unit, API, house, browser (args: T=tests/content)
	@exec $(PY) -m tests.run $(T)

lint: install-dev  ## ruff, mypy, djlint, migrations, translations
	@exec $(PY) -m tests.lint

bench: install-dev  ## the benchmarks of bench/, each with ratios measured in the same run
	@exec $(PY) -m bench

messages: install-dev  ## gather the texts to translate and compile the translations
	@exec $(PY) manage.py messages
