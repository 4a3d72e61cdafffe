# Everything a person or CI does with this project. Needs Python 3.11 or newer and make; nothing is
# installed outside $(VENV).
#
#   make run     the console on sample data        make check   lint and test
#   make test    the tests                         make help    the rest

SHELL  := /bin/sh
VENV   ?= .venv
# One more than the two cores it is planned for: consoles under test wait a good part of their time.
JOBS   ?= 3
# The Python that makes $(VENV); empty: the first of CANDIDATES that is new enough.
PYTHON ?=
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14

BIN     := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEV     := $(VENV)/.dev-installed
PIP     := $(BIN)/python -m pip --disable-pip-version-check --quiet install
PYTEST  := $(BIN)/python -m pytest -n $(JOBS)

# Folders that are there (a room is made when something moves in).
TYPED   := src tests $(wildcard benchmarks docs/*.py)
SHORT   := tests/test_house.py $(wildcard tests/domain tests/verbs tests/text tests/test_imports.py tests/test_text*.py)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run dev devtools test test-short test-release lint format check snapshots bench \
        screenshots lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

# --- environment -----------------------------------------------------------------------------------------

$(BIN)/python:
	@for python in $(or $(PYTHON),$(CANDIDATES)); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "Making $(VENV) with $$("$$python" --version)"; \
	        exec "$$python" -m venv --clear $(VENV); \
	    fi; \
	done; \
	echo "oms-tui needs Python 3.11 or newer; none found among: $(or $(PYTHON),$(CANDIDATES))." >&2; \
	echo "Name one with: make PYTHON=/path/to/python3.11" >&2; \
	exit 1

# The locked versions and nothing else; the project itself is linked in, so an edit needs no second install.
$(RUNTIME): requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the program needs"
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the program and its checks need"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $(RUNTIME) $@

install: $(DEV)  ## the environment with everything for work on the project

# --- the program -----------------------------------------------------------------------------------------

run: $(RUNTIME)  ## the console on sample data (without a terminal: its dashboard as text)
	@$(BIN)/oms-tui demo

dev: $(DEV)  ## the console with Textual's developer tools (start make devtools in another terminal first)
	@PATH="$(abspath $(BIN)):$$PATH" textual run --dev -c oms-tui demo

devtools: $(DEV)  ## the developer console that make dev talks to
	@$(BIN)/textual console

# --- tests -----------------------------------------------------------------------------------------------

test: $(DEV)  ## the tests, at about a hundredth of the acceptance figures
	$(PYTEST)

test-short: $(DEV)  ## the tests that need no database and no screen (for other versions of Python)
	$(PYTEST) $(SHORT)

# Parts of minutes each, which may also be run one at a time: make test-release PART=store
STATEFUL := tests/desk/test_stateful.py tests/desk/test_settling_stateful.py
RACE     := tests/desk/test_money_race.py
NAMED    := tests/domain tests/store tests/desk tests/exchange tests/screens
LANGUAGE := $(wildcard tests/domain/test_filter_*.py)
FILTERS  := tests/store/test_filters.py tests/store/test_lists.py
PARTS    := domain language filters store stateful race desk exchange screens rest
IN_domain   := tests/domain $(LANGUAGE:%=--ignore=%)
IN_language := $(LANGUAGE)
IN_filters  := $(FILTERS)
IN_store    := tests/store $(FILTERS:%=--ignore=%)
IN_stateful := $(STATEFUL)
IN_race     := $(RACE)
IN_desk     := tests/desk $(patsubst %,--ignore=%,$(STATEFUL) $(RACE))
IN_exchange := tests/exchange
IN_screens  := tests/screens
IN_rest     := tests $(NAMED:%=--ignore=%)

test-release: $(addprefix test-release-,$(or $(PART),$(PARTS)))  ## everything at its whole figures; PART=NAME for one part

test-release-%: $(DEV)
	$(if $(IN_$*),,$(error There is no part $*: $(PARTS)))OMS_TUI_TEST_SCALE=release $(PYTEST) -m '' $(IN_$*)

snapshots: $(DEV)  ## take the screens' snapshots anew; look at each before committing it
	$(PYTEST) --snapshot-update -k snapshot

# --- checks ----------------------------------------------------------------------------------------------

lint: $(DEV)  ## format, rules, types, import contract, dependencies, spelling
	$(BIN)/ruff format --check --quiet --diff .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy $(TYPED)
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .
	$(BIN)/codespell

format: $(DEV)  ## put the code into the house's form and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: lint test  ## lint and test

bench: $(DEV)  ## measure, beside the goals
	$(BIN)/python -m benchmarks

screenshots: $(DEV)  ## the README's picture, taken from the running program
	$(BIN)/python docs/make_screenshots.py

# --- upkeep ----------------------------------------------------------------------------------------------

# One lock serves every supported version, so it is made on the oldest. No option that could write an
# address into the files.
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
           --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
           --build-deps-for=editable

lock: $(DEV)  ## lock versions anew from pyproject.toml (UPGRADE=1 moves to the newest allowed)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "make lock needs Python 3.11")'
	$(COMPILE) $(if $(UPGRADE),--upgrade) --output-file=requirements/runtime.txt pyproject.toml
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra=dev --constraint=requirements/runtime.txt \
	    --output-file=requirements/dev.txt pyproject.toml

clean:  ## remove the environment and what the checks left
	rm -rf $(VENV) .venv-py* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf build dist snapshot_report.html
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
