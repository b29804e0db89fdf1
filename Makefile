# The commands of the project. Each sets up what it needs by itself; `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check style types architecture generated deployment fix bench requirements clean
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# Files of tests go to as many processes as there are cores, at most four; see tests/conftest.py for
# their order. `make test ARGS='-n 0 -k word'` keeps everything in one process, for a debugger.
SPREAD := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# The first Python of at least 3.11; say `make PYTHON=/path/to/python …` to choose another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
UV := $(BIN)/uv
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export UV_PYTHON := $(CURDIR)/$(VENV)/bin/python
export UV_PYTHON_DOWNLOADS := never
# Without compiled files every process starts three times as slowly, and a test run starts many;
# that is why the set-up compiles what it installs, too.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

help: ## List the commands
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.dev.stamp ## Make the virtual environment with everything a developer needs

run: $(VENV)/.run.stamp ## Start everything on this machine, with 40 invented residents
	$(BIN)/opstap up --demo

test: $(VENV)/.dev.stamp ## Run all tests
	$(BIN)/pytest $(SPREAD) $(ARGS)

check: style types architecture generated deployment ## Style, types, architecture, generated docs, deployment files

# The parts of `check`, each runnable alone; `make -k check` shows every part that fails.
style: $(VENV)/.dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev.stamp
	$(BIN)/mypy .

architecture: $(VENV)/.dev.stamp
	$(BIN)/lint-imports --no-cache

generated: $(VENV)/.dev.stamp
	$(BIN)/opstap docs --check

deployment: $(VENV)/.dev.stamp
	deploy/lint.sh $(BIN)

fix: $(VENV)/.dev.stamp ## Format and repair what can be repaired by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev.stamp ## Measure ourselves against a bare workflow on the same server
	$(BIN)/opstap bench $(ARGS)

requirements: $(VENV)/.uv.stamp ## Pin every dependency anew, with hashes (ARGS=--upgrade for newer ones)
	$(call compile,pyproject.toml,run)
	$(call compile,pyproject.toml --extra embedded -c requirements/run.txt,embedded)
	$(call compile,pyproject.toml --extra embedded --group dev -c requirements/embedded.txt,dev)
	$(call compile,--group bootstrap -c requirements/dev.txt,bootstrap)

clean: ## Remove the virtual environment and caches (never var/, the data)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

define compile
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" \
		$(1) $(ARGS) -o requirements/$(2).txt
endef

# --- set-up: each stamp is newer than what it was made from, so a second run skips it ----------

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found."; exit 1; }
	@echo "· virtual environment in $(VENV) ($$($(PYTHON) --version))"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make a virtual environment (on Debian: apt install python3-venv)."; exit 1; }

$(VENV)/.uv.stamp: requirements/bootstrap.txt | $(VENV)/bin/python
	@echo "· uv and the build backend"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.run.stamp: requirements/embedded.txt pyproject.toml $(VENV)/.uv.stamp
	@echo "· what the program needs (about a minute the first time)"
	@$(UV) pip install --compile-bytecode --require-hashes -r requirements/embedded.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev.stamp: requirements/dev.txt pyproject.toml $(VENV)/.uv.stamp
	@echo "· what the program, its tests and its checks need (about a minute the first time)"
	@$(UV) pip sync --compile-bytecode --require-hashes requirements/bootstrap.txt requirements/dev.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(VENV)/.run.stamp $@
