# Needs Python 3.11 or newer, git and make. Everything else is installed into .venv, in the versions of constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install --quiet

.PHONY: demo test lint build bench clean

demo: $(VENV)/.core ## Load the dataset, run the baselines, check and score them
	@$(BIN)/parley demo

test: $(VENV)/.dev lint ## Everything CI checks
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy

build: $(VENV)/.dev ## Write what is generated: schemas, Parquet, card, Croissant
	@$(BIN)/parley build data

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Parley needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Setting up $(VENV) (once) …" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(PIP) -e '.[baselines]'
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	@$(PIP) -e '.[dev]'
	@touch $@

bench: $(VENV)/.dev ## Measure: do the intervals hold, how fast is scoring
	@$(BIN)/python -m benchmarks.coverage
	@if [ -f benchmarks/speed.py ]; then $(BIN)/python -m benchmarks.speed; fi

clean: ## Remove what is not committed
	rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis
