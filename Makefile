# Needs Python 3.11 or newer, git and make. Everything else is installed into .venv, in the versions of constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install --quiet

LABELSTUDIO := .venv-labelstudio

.PHONY: demo llm-demo test lint build baselines submissions site bench labelstudio clean

demo: $(VENV)/.core ## Load the dataset, run the baselines, check and score them
	@$(BIN)/parley demo

llm-demo: $(VENV)/.dev ## From a language model's answers to a checked, scored submission; the answers are recorded
	@rm -rf out/llm-demo
	@$(BIN)/inspect eval parley/extract --model replay/recorded -M answers=eval/example/answers.jsonl \
	  -T data=tests/small --epochs 2 --log-dir out/llm-demo/logs --display plain
	@$(BIN)/parley llm export out/llm-demo/logs/*.eval out/llm-demo/submission system=Replayed version=1 \
	  organisation="Us" contact=us@example.org training_data=none saw_test=no licence=CC0-1.0 --data tests/small
	@$(BIN)/parley check out/llm-demo/submission --data tests/small
	@$(BIN)/parley score out/llm-demo/submission/predictions.jsonl --data tests/small

test: $(VENV)/.dev lint ## Everything CI checks
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy

build: $(VENV)/.dev ## Write what is generated: schemas, Parquet, card, Croissant
	@$(BIN)/parley build data

submissions: $(VENV)/.dev ## Make the baselines' submissions anew, by the commands of any entrant, and the leaderboard
	@set -e; for name in crf tfidf minilm; do $(BIN)/python -m baselines.$$name --split validation; done
	@set -e; for name in empty majority rules crf tfidf minilm; do \
	  $(BIN)/parley predict $$name -o out/$$name/predictions.jsonl; \
	  for split in twin contrast; do $(BIN)/parley predict $$name --split $$split -o out/$$name/predictions.$$split.jsonl; done; \
	  $(BIN)/parley submit init out/$$name/predictions.jsonl out/$$name "version=$$($(BIN)/parley --version | cut -d' ' -f2)" \
	    --like eval/submissions/$$name --overwrite; \
	  $(BIN)/parley submit add out/$$name --replace; \
	done
	@$(BIN)/parley leaderboard --agreement
	@$(BIN)/parley baselines -o baselines/README.md
	@$(BIN)/python -m benchmarks.power -o docs/power.md

baselines: $(VENV)/.dev ## Train the learned baselines; say whether they predict what their submissions have
	@set -e; for name in crf tfidf minilm; do \
	  $(BIN)/python -m baselines.$$name; \
	  if [ ! -d eval/submissions/$$name ]; then echo "$$name: not submitted yet"; \
	  else for file in eval/submissions/$$name/predictions*.jsonl; do \
	    if cmp $$file out/$$name/$${file##*/}; then echo "$$file: the same bytes"; \
	    else echo "$$file: other predictions; the page of $$name says what may move"; fi; \
	  done; fi; \
	done

site: $(VENV)/.dev ## The leaderboard's page and the article browser, in out/site
	@$(BIN)/parley leaderboard --site out/site

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

bench: $(VENV)/.dev ## Measure: do the intervals hold, speed and memory beside their targets
	@$(BIN)/python -m benchmarks.coverage
	@$(BIN)/python -m benchmarks.speed

labelstudio: $(LABELSTUDIO)/.done ## Label Studio's server, in an environment of its own (1 GB)

# It pulls numpy and others below what Parley is pinned to, so it shares nothing with $(VENV).
$(LABELSTUDIO)/.done: constraints-labelstudio.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Parley needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Setting up $(LABELSTUDIO) (once) …" >&2
	@test -x $(LABELSTUDIO)/bin/python || $(PYTHON) -m venv $(LABELSTUDIO)
	@PIP_CONSTRAINT=constraints-labelstudio.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(LABELSTUDIO)/bin/pip install --quiet label-studio
	@touch $@

clean: ## Remove what is not committed
	rm -rf $(VENV) $(LABELSTUDIO) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis
