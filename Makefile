# Two commands do everything: `make run` and `make test`. Both set up what they need first; `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --quiet

# The newest Python on the path that is new enough, unless PYTHON names one.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help run setup test lint messages shots bench lock clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: setup ## set up, load the demo assembly on first start, serve on PORT (8000)
	@$(BIN)/tongxin demo --if-empty
	@$(BIN)/tongxin serve --worker --port $(PORT)

setup: $(VENV)/.run node_modules/.package-lock.json messages ## install, create or migrate the database, collect static files
	@$(BIN)/tongxin prepare

test: $(VENV)/.dev node_modules/.package-lock.json messages ## everything: lint, tests on SQLite and PostgreSQL, browser tests
	@$(BIN)/python scripts/test.py $(ARGS)

lint: $(VENV)/.dev messages ## formatter, linter, types, layers, migrations, translations
	@$(BIN)/python scripts/test.py --only lint

messages: $(VENV)/.run
	@$(BIN)/python scripts/messages.py

shots: $(VENV)/.dev node_modules/.package-lock.json messages ## draw docs/shots anew from the demo
	@$(BIN)/python scripts/shots.py

bench: setup ## benchmarks (NAME=pages)
	@$(BIN)/tongxin bench $(or $(NAME),pages)

lock: $(VENV)/.dev ## lock requirements/*.in and package.json again (UPGRADE=1: to the newest fitting versions)
	$(BIN)/pip install --quiet uv
	$(BIN)/$(LOCK) $(if $(UPGRADE),--upgrade) requirements/run.in -o requirements/run.txt
	$(BIN)/$(LOCK) $(if $(UPGRADE),--upgrade) requirements/dev.in -o requirements/dev.txt
	$(BIN)/python scripts/npm.py $(if $(UPGRADE),update,install) --package-lock-only

clean: ## remove everything that was built; data in .data stays
	rm -rf $(VENV) node_modules build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests scripts -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete

# Stamps: a second run finds them newer than what they were made from and does nothing.

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Tongxin needs Python 3.11 or newer; name it with: make run PYTHON=/path/to/python3" >&2; exit 1; }
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python has no venv module; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc | $(VENV)/.run
	$(BIN)/python scripts/npm.py ci
	@touch $@
