# Two commands matter: `make demo` shows ilink at work, `make test` checks everything.
# Plain make, POSIX tools only: works with GNU make and with the make of macOS.

VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
RUN    := $(VENV)/run.stamp
DEV    := $(VENV)/dev.stamp
SYSTEM := $(VENV)/system.stamp
CODE   := ilink_runtime generators tests tools

.PHONY: help demo test torture lint format bench build release docs lock vendor clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(RUN) ## run ilink with invented data on http://127.0.0.1:8000
	$(BIN)/ilink demo

test: $(DEV) $(SYSTEM) ## check the generated files, lint, and run all tests
	$(BIN)/ilink build --check
	@$(MAKE) lint
	$(BIN)/python -m pytest -n auto $(PYTEST)

torture: $(DEV) ## ask the judges about 20,000 messages, and the laws of adapters about 10,000 each
	ILINK_TORTURE=1 $(BIN)/python -m pytest -n auto $(TORTURED) $(PYTEST)

TORTURED = tests/agreement tests/adapters/test_laws.py

lint: $(DEV) ## check format, style, types and who imports whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## write the format that lint expects
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(DEV) $(SYSTEM) ## run the side-by-side benchmarks
	$(BIN)/python -m tests.benchmarks

build: $(DEV) ## write ilink_runtime/generated/ from the schema
	$(BIN)/ilink build

release: $(DEV) ## make the wheel in dist/; refuses a text that is not translated
	$(BIN)/ilink lint
	$(BIN)/ilink build --check --release
	$(BIN)/python -m hatchling build -t wheel

docs: $(DEV) ## write the documentation as a site of plain files into site/
	$(BIN)/python -m tools.site --out site

lock: $(DEV) ## write the locks anew; LOCK=--upgrade takes the newest versions
	$(BIN)/uv pip compile $(LOCKED) --all-extras -o requirements/dev.txt
	$(BIN)/uv pip compile $(LOCKED) -c requirements/dev.txt -o requirements/run.txt

LOCKED = pyproject.toml requirements/build.in --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links $(LOCK)

vendor: $(DEV) ## fetch the style sheets, scripts and fonts of tools/vendor.toml
	$(BIN)/python -m tools.vendor

clean: ## remove the virtual environment and all caches
	rm -rf $(VENV) build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	sh tools/make_venv.sh $(VENV)

$(RUN): requirements/run.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes --no-deps -r requirements/run.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $(RUN)

$(DEV): requirements/dev.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes --no-deps -r requirements/dev.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $(RUN) $(DEV)

$(SYSTEM): tools/system_needs.py | $(DEV)
	$(BIN)/python -m tools.system_needs
	@touch $(SYSTEM)
