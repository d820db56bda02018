# Every target sets up what it needs in .venv, and again when pyproject.toml has changed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.stamp-ready
CHECKOV := .venv/checkov/bin/checkov
ORDERS := examples/orders
PARALLEL := -n auto --max-worker-restart=0
EXAMPLES := $(patsubst %/topology.yaml,%,$(wildcard examples/*/topology.yaml examples/*/*/topology.yaml))

.PHONY: help run test check coverage fix bench corpus ric docs clean
.DELETE_ON_ERROR:

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

run: $(READY) ## compile the example, deploy it to an embedded AWS, send it four messages and show where they end
	$(BIN)/penstock dev $(ORDERS) --for 60s \
	    --send OrderPlaced=$(ORDERS)/events/order.json \
	    --send OrderPlaced=$(ORDERS)/events/order.json \
	    --send OrderPlaced=$(ORDERS)/events/poison.json \
	    --send OrderPlaced=$(ORDERS)/events/garbage.json

test: $(READY) ## run the tests
	$(BIN)/pytest $(PARALLEL)

check: $(READY) $(CHECKOV) ## everything that must hold before a change is merged
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	for example in $(EXAMPLES); do $(BIN)/penstock compile $$example -o $$example/expected --check || exit; done
	cache=$$(mktemp -d) && XDG_CACHE_HOME=$$cache $(BIN)/cfn-lint $(EXAMPLES:%=%/expected/template.yaml) && rm -r $$cache
	$(BIN)/python -m tests.emit.checkov $(CHECKOV)
	$(BIN)/python docs/generate.py --check
	$(BIN)/pytest $(PARALLEL)

coverage: $(READY) ## which lines the tests run
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(PARALLEL)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

fix: $(READY) ## repair and format what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY) ## measure the budgets
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m tests.bench

corpus: $(READY) ## lint the templates below CORPUS=folder, and print what of them is understood and found
	$(BIN)/python -m tests.corpus $(CORPUS)

RIC := .venv/ric
ric: $(READY) ## run handlers in Lambda's runtime interface clients; that of Node.js takes minutes to compile
	npm install --silent --no-audit --no-fund --prefix $(RIC) aws-lambda-ric@4.0.2
	PENSTOCK_TEST_LAMBDA_RIC=$(CURDIR)/$(RIC)/node_modules/aws-lambda-ric/index.mjs \
	  $(BIN)/pytest -q tests/emit_python/test_runtime_interface.py tests/emit_typescript/test_runtime_interface.py

docs: $(READY) ## write the generated parts of the documentation again
	$(BIN)/python docs/generate.py

clean: ## remove all that the other targets made
	rm -rf .venv .coverage htmlcov dist build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo 'penstock needs Python 3.11 or newer; name one with: make PYTHON=python3.13' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; } || \
	    { echo 'Python has no venv module; on Debian and Ubuntu: sudo apt-get install python3-venv' >&2; exit 1; }
	[ -x $(BIN)/pip ] || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --editable '.[dev]' --group contribute
	@touch $@

$(CHECKOV): $(READY)
	$(PYTHON) -m venv .venv/checkov
	.venv/checkov/bin/pip install --quiet --upgrade 'pip>=25.1'
	.venv/checkov/bin/pip install --quiet --group checkov
	@touch $@
