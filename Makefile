# Concord: `make run` starts everything, `make test` proves it. Only Python 3.11 and make are needed.
PYTHON ?= python3
PORT ?= 8000
export PORT
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check format bench screens messages lock

run: $(VENV)/run.stamp
	@exec $(BIN)/python -m config.run

test: $(VENV)/dev.stamp
	$(BIN)/python manage.py catalogue --compile
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy annotation personalization config tests benchmarks
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -W error manage.py check
	$(BIN)/python manage.py catalogue --check

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks.$(or $(NAME),agreement)

screens: $(VENV)/dev.stamp
	$(BIN)/python -m tests.browser.screens

messages: $(VENV)/dev.stamp
	$(BIN)/python manage.py catalogue --update

# The locks carry hashes for every platform, and no addresses.
lock: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet uv
	for name in run dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate requirements/$$name.in -o requirements/$$name.txt; \
	done

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Concord needs Python 3.11 or newer; try: make PYTHON=python3.11 $(MAKECMDGOALS)" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/run.stamp
