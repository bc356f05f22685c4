# Everything runs from .venv at the root, which each target makes when it is missing or out of date.
# Debian packages: python3 (3.11 or newer), python3-venv, make; postgresql for the second half of
# the tests, chromium for those of pages (both installed when root, otherwise taken from PATH or
# skipped with a loud line).

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
QUIET_PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help setup cluster demo test test-all test-browser check bench bench-peers faults openapi requirements

help: ## Show what each target does
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/dev.stamp ## Make .venv with everything that development needs

cluster: $(VENV)/run.stamp ## Add to .venv what --cluster needs
	@$(QUIET_PIP) --require-hashes -r requirements/cluster.txt

demo: $(VENV)/run.stamp ## Set up, make the demo district, show it in the terminal and serve its pages
	@$(BIN)/manypaths demo $(ARGS)

test: $(VENV)/dev.stamp ## Run all unmarked tests, on SQLite and on PostgreSQL
	@tools/run-tests "not sweep and not fault and not simulation and not browser"

test-all: $(VENV)/dev.stamp ## Run the long tests, those that `make test` leaves out: sweeps, faults, simulations
	@THOROUGH=1 tools/run-tests "sweep or fault or simulation"

test-browser: $(VENV)/dev.stamp ## Look at every page as every role in a real browser; EVERY_WINDOW=1 in all windows
	@$(BIN)/python -m pytest -q -m browser tests/browser

check: $(VENV)/dev.stamp ## Static checks: format, lint, types, order of rooms, migrations, docs
	@tools/run-checks

bench: $(VENV)/dev.stamp ## Measure, try next steps, and write the pages of docs/reference
	@$(BIN)/python -m benchmarks.run $(ARGS)
	@$(BIN)/python -m benchmarks.next_steps

faults: $(VENV)/dev.stamp ## Break the machine 200 times under each database, and write docs/reference/faults.md
	@$(BIN)/python -m benchmarks.faults $(ARGS)

bench-peers: .peers/pybkt.stamp .peers/torch.stamp .peers/kolibri.stamp ## Set up other models and Kolibri, for make bench to measure beside ours
	@:

openapi: $(VENV)/dev.stamp ## Write the API's document anew, after a change of the API
	@$(BIN)/python -m tools.write_openapi

requirements: $(VENV)/dev.stamp ## Compile the hashed requirement files anew from pyproject.toml
	@tools/compile-requirements

$(VENV)/bin/python:
	@tools/make-venv "$(PYTHON)" "$(VENV)"

$(VENV)/run.stamp: requirements/build.txt requirements/run.txt pyproject.toml CHANGELOG.md | $(VENV)/bin/python
	@echo "Setting up $(VENV) ..."
	@$(QUIET_PIP) --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(QUIET_PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@$(QUIET_PIP) --require-hashes -r requirements/dev.txt
	@touch $@

.peers/%.stamp: requirements/peers-%.txt tools/make-peers
	@tools/make-peers "$(PYTHON)" $*
	@touch $@
