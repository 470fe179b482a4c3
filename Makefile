# Four commands: make run, make test, make check, make bench. Each does all its own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench clean

# The set-up is plain sh in one file, so that each fault gets one clear line.
run: $(VENV)/.run
	@$(BIN)/kaoping demo

test: $(VENV)/.dev
	@sh scripts/browser.sh
	@$(BIN)/python -m pytest -n 2

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/docs -p no:cacheprovider

bench: $(VENV)/.dev
	@$(BIN)/python -m bench

$(VENV)/.run: requirements/run.txt setup.cfg
	@PYTHON="$(PYTHON)" sh scripts/setup.sh run

$(VENV)/.dev: requirements/dev.txt setup.cfg
	@PYTHON="$(PYTHON)" sh scripts/setup.sh dev

clean:
	rm -rf $(VENV) instance build dist *.egg-info
