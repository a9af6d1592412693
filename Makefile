# make ask Q="..."   set up, index corpus/, answer
# make test          set up, ruff, mypy --strict, pytest
# make bench         the benchmarks, with the peers they are compared to

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The CPU build of torch: where the default index has only the GPU build, name an index that has it here.
TORCH_ARGS ?=
Q ?= what's our risk if OpenAI falters?
export Q

.PHONY: setup ask test bench lint clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25"
	$(BIN)/python -m pip install --quiet $(TORCH_ARGS) "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@

# The question goes through the environment: whatever is in it, the shell does not read it.
ask: setup
	@$(BIN)/strategist ingest corpus --quiet
	@$(BIN)/strategist ask "$$Q"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Side by side, a file at a time: most of the time goes into waiting for servers and processes.
test: lint
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile

bench: setup
	$(BIN)/python -m pip install --quiet --editable ".[bench]"
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
