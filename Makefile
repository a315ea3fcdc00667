# Everything a new machine needs is made here: a virtual environment at .venv, then the work in it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

PROMISES := .promises

# A file's tests share what they start, so they stay with one worker.
WORKERS := --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: demo coverage test test-lines test-foreign mutants bench soak lint contracts clean

demo: $(STAMP)
	mkdir -p $(PROMISES)
	$(BIN)/cxmock demo --record $(PROMISES)/demo.recording --save $(PROMISES)/demo.json

# Who uses and who keeps which promise, as the demo left it; Redis in Python keeps its own besides.
coverage: $(STAMP)
	test -s $(PROMISES)/demo.json || $(MAKE) demo
	$(BIN)/cxmock verify 5 --stores fakeredis --format json --save $(PROMISES)/fakeredis.json >/dev/null
	$(BIN)/cxmock coverage --no-verify $(PROMISES) --fail-under exercised=15 \
		--fail-under fake=100 --fail-under embedded=100 --fail-under reference=100

test: lint
	$(BIN)/python -m pytest -m "not foreign and not containers" $(WORKERS) --durations=10

# The same, slower: which lines of the code no test runs.
test-lines: $(STAMP)
	$(BIN)/python -m pytest -m "not foreign and not containers" $(WORKERS) --cov --cov-report=term:skip-covered

test-foreign: $(STAMP)
	sh .ci/foreign-clients $(VENV)
	$(BIN)/python -m pytest -m "foreign and not containers" --durations=10
	sh .ci/with-engine $(VENV) $(BIN)/python -m pytest -m containers --durations=10

mutants: $(STAMP)
	$(BIN)/python -m tests.mutants

bench: $(STAMP)
	$(BIN)/python -m tests.bench

# A campaign of 100,000 records while replicas of the services are killed; five minutes at most.
soak: $(STAMP)
	$(BIN)/python -m tests.soak

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cxmock lint

contracts: $(STAMP)
	$(BIN)/python -m cxmock.contracts.authoring

$(STAMP): pyproject.toml
	sh .ci/make-venv "$(PYTHON)" $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade-strategy only-if-needed -e ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage* $(PROMISES)
