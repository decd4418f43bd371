# Verbs of the house. `make run` and `make test` need nothing but Python ≥ 3.11 with venv.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/pytest
# Three at once for two cores: tests wait for disks, browsers and processes.
SIDE_BY_SIDE := $(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: setup setup-test run test soak bench lint docs story coverage-law screenshots

setup:
	@$(PYTHON) tools/setup.py run

setup-test:
	@$(PYTHON) tools/setup.py test

run: setup
	@exec $(BIN)/tangthu up

# Everything that must hold for every change: under 15 minutes on two cores.
test: setup-test lint
	$(SIDE_BY_SIDE) -m "not soak" --law-report var/law.json tests
	$(BIN)/python tools/coverage_law.py var/law.json --quiet

# Chaos, kills, whole corpora: under an hour.
soak: setup-test
	$(PYTEST) -m soak tests

bench: setup-test
	$(BIN)/python -m benchmarks.run

lint: setup-test
	$(BIN)/ruff check -q src tests tools benchmarks clients
	$(BIN)/ruff format -q --check src tests tools benchmarks clients
	$(BIN)/python tools/typecheck.py

story: setup-test
	$(PYTEST) tests/story --story-page var/story.html
	@echo "var/story.html"

coverage-law: setup-test
	$(SIDE_BY_SIDE) -m "req and not soak" --law-report var/law.json tests
	$(BIN)/python tools/coverage_law.py var/law.json

screenshots: setup-test
	$(BIN)/python tools/screenshots.py

# Documentation is plain Markdown in docs/; its pictures are made anew.
docs: screenshots
