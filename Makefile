# Kite. `make run` does everything from nothing; `make test` passes the tests; `make help` lists the rest.
SHELL := /bin/bash
PY ?= python3
UV := $(shell $(PY) -c 'import uv; print(uv.find_uv_bin())' 2>/dev/null || command -v uv 2>/dev/null || echo .uv/bin/uv)
# What pip knows of local wheels and extra indexes, uv is told too, so that torch's CPU build is found where there is one.
export UV_FIND_LINKS ?= $(strip $(shell $(PY) -m pip config get global.find-links 2>/dev/null))
export UV_PYTHON_PREFERENCE ?= system
BIN := .venv/bin
INSTALL := --no-deps --require-hashes

.PHONY: help run test check install install-dev train lint format types clean services bench screenshots

help:  ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: install  ## Install, train what is not trained, and start everything on this machine
	@KITE_SHOW_DRAFTS=$${KITE_SHOW_DRAFTS:-1} $(BIN)/kite up

test: install-dev  ## Install what the tests need and run them
	@eval "$$(tests/services.sh start)" && $(BIN)/kite train && $(BIN)/python -m pytest tests/browser -q \
	  && $(BIN)/python -m pytest -m 'not browser' $(TESTS)

check: lint types  ## Run the linters and the type checks
	@$(BIN)/kite content check

install: .venv/.installed bot/assistant/.venv/.installed translations/.compiled  ## Make both environments with exact versions

install-dev: install .venv/.installed-dev  ## Add what tests and linters need

.uv/bin/uv:
	@$(PY) -m venv .uv && .uv/bin/pip install --quiet uv

.venv/.installed: requirements/main.txt pyproject.toml | $(filter .uv/bin/uv,$(UV))
	@echo "making .venv (Kite, Python 3.11 or newer) …"
	@[ -x $(BIN)/python ] || $(UV) venv --quiet --python '>=3.11,<3.14' .venv
	@$(UV) pip install --python $(BIN)/python --no-deps 'torch==2.13.0'
	@$(UV) pip install --python $(BIN)/python $(INSTALL) -r requirements/main.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.venv/.installed-dev: requirements/dev.txt .venv/.installed
	@$(UV) pip install --python $(BIN)/python $(INSTALL) -r requirements/dev.txt
	@touch $@

bot/assistant/.venv/.installed: bot/assistant/requirements.txt bot/assistant/.python-version | $(filter .uv/bin/uv,$(UV))
	@echo "making bot/assistant/.venv (Rasa, Python 3.10) …"
	@[ -x bot/assistant/.venv/bin/python ] || (cd bot/assistant && $(abspath $(UV)) venv --quiet --python 3.10 .venv)
	@$(UV) pip install --compile-bytecode --python bot/assistant/.venv/bin/python $(INSTALL) -r bot/assistant/requirements.txt
	@touch $@

translations/.compiled: .venv/.installed $(wildcard translations/*/LC_MESSAGES/*.po)
	@$(BIN)/kite content compile
	@touch $@

train: install  ## Train what is not trained
	@$(BIN)/kite train

lint: install-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: install-dev  ## Put the code into its canonical form
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

types: install-dev
	@$(BIN)/mypy

bench: install  ## Measure beside the bot that `rasa init` makes
	@$(BIN)/kite bench

clean:  ## Remove environments and everything Kite made here, its database included
	@rm -rf .venv .uv bot/assistant/.venv var translations/.compiled
