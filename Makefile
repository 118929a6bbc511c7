# Everything a person types here. `make` alone lists it.
#
# Two environments are made: .venv holds the plain package as a user installs it (`make demo`),
# .venv-dev holds the editable package with all that tests, linting, types and docs need. A stamp in
# each says that it is up to date, so a second call starts at once.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
PLAIN := .venv
DEV := .venv-dev
PLAIN_STAMP := $(PLAIN)/.spondyl-installed
DEV_STAMP := $(DEV)/.spondyl-installed
TORCH := $(shell sed -n 's/.*"\(torch==[^"]*\)".*/\1/p' pyproject.toml)
SOURCES := $(shell find src -type f ! -path '*/__pycache__/*' ! -path '*.egg-info/*')
# -q -q: errors only.
PIP := -m pip install --quiet --quiet --disable-pip-version-check
DEMO_OUT := out/demo
STUDY ?= experiments/study-small.yaml
STUDY_OUT ?= out/study
PYTEST_ARGS ?=

# One thread per process: the tests' pictures are small, and threads of several libraries that share
# few cores wait for one another.
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- environments ------------------------------------------------------------------------------

define new_environment
@test -n "$(PYTHON)" || { echo "No Python found: install Python 3.11 or newer, or say make PYTHON=/path/to/python." >&2; exit 1; }
@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
  { echo "$(PYTHON) is too old: Spondyl needs Python 3.11 or newer; say make PYTHON=/path/to/python." >&2; exit 1; }
@test -x $(1)/bin/python || "$(PYTHON)" -m venv $(1)
endef

# setuptools copies into build/ and would pack what an earlier build left there.
$(PLAIN_STAMP): pyproject.toml README.md LICENSE $(SOURCES)
	$(call new_environment,$(PLAIN))
	@echo "Installing spondyl into $(PLAIN) ..."
	@rm -rf build
	@$(PLAIN)/bin/python $(PIP) .
	@rm -rf build
	@touch $@

# Both installs write src/*.egg-info: with `make -j` the second waits for the first.
$(DEV_STAMP): pyproject.toml | $(if $(filter demo install,$(MAKECMDGOALS)),$(PLAIN_STAMP))
	$(call new_environment,$(DEV))
	@echo "Installing spondyl with $(TORCH) and the tools into $(DEV); this takes some minutes ..."
	@$(DEV)/bin/python $(PIP) "$(TORCH)"
	@$(DEV)/bin/python $(PIP) --editable '.[train,reports,serve,postgres,s3,dev,docs]'
	@touch $@

.PHONY: install
install: $(PLAIN_STAMP) ## Install the plain package into .venv

.PHONY: install-dev
install-dev: $(DEV_STAMP) ## Install the package with all extras and tools into .venv-dev

# Other people's programs (DICOM, a browser, a database) for some tests; these are skipped without them.
DEBIAN := dcmtk dicom3tools orthanc orthanc-dicomweb chromium postgresql
APT := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n) apt-get

.PHONY: debian
debian: ## Install Debian's programs that tests use (root or sudo); elsewhere do nothing
	@if ! command -v apt-get >/dev/null; then \
	  echo "No apt-get here: tests that need $(DEBIAN) will be skipped."; \
	elif dpkg -s $(DEBIAN) >/dev/null 2>&1; then \
	  echo "$(DEBIAN): installed."; \
	else \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { $(APT) -qq -o DPkg::Lock::Timeout=300 update && \
	    $(APT) -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends $(DEBIAN) \
	      >/dev/null; } || \
	  echo "apt-get could not install $(DEBIAN): tests that need them will be skipped."; \
	fi

# ---- what people run ---------------------------------------------------------------------------

.PHONY: demo
demo: $(PLAIN_STAMP) ## Install the plain package and read the films in examples/
	@rm -rf $(DEMO_OUT)
	$(PLAIN)/bin/spondyl read examples --out $(DEMO_OUT)
	@echo
	@echo "Look at the pictures; the reading.json beside each says everything:"
	@find $(DEMO_OUT) -name overlay.png | sort | sed 's/^/  /'

.PHONY: test
test: $(DEV_STAMP) ## Run the tests, except the slow ones
	$(DEV)/bin/python -m pytest $(PYTEST_ARGS)

.PHONY: test-slow
test-slow: $(DEV_STAMP) ## Run the slow tests
	$(DEV)/bin/python -m pytest -m slow $(PYTEST_ARGS)

.PHONY: test-hospital
test-hospital: debian $(DEV_STAMP) ## Send 200 films through the node into Orthanc
	$(DEV)/bin/python -m pytest tests/hospital -m "slow or not slow" $(PYTEST_ARGS)

.PHONY: lint
lint: $(DEV_STAMP) ## Check style
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .

.PHONY: format
format: $(DEV_STAMP) ## Mend style where a machine can
	$(DEV)/bin/ruff check --fix .
	$(DEV)/bin/ruff format .

.PHONY: types
types: $(DEV_STAMP) ## Check types
	$(DEV)/bin/mypy

.PHONY: docs
docs: $(DEV_STAMP) ## Build the documentation into site/; a warning is an error
	$(DEV)/bin/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env -d site/.doctrees -b html docs site/html
	@echo "Open site/html/index.html"

.PHONY: bench
bench: $(DEV_STAMP) ## Time reading, simulating and training steps on this machine
	$(DEV)/bin/python -m bench
	$(DEV)/bin/python bench/speed.py
	$(DEV)/bin/python bench/simulator.py

# The reading room's page is built into the package and committed, so that nobody who installs the
# package needs Node. A build is the same bytes wherever it is made: page-check holds it to that.
PAGE := src/spondyl/serve/web/page
PAGE_CHECK := out/page
NPM := npm --prefix page

.PHONY: page
page: ## Build the reading room's page into the package (needs Node.js)
	@command -v npm >/dev/null || { echo "No npm found: install Node.js 20.19 or newer, which brings it." >&2; exit 1; }
	$(NPM) ci --silent
	$(NPM) run --silent types
	$(NPM) run --silent test
	$(NPM) run --silent build

.PHONY: page-check
page-check: ## Check that the committed page is what its source builds; skipped without Node.js
	@if ! command -v npm >/dev/null; then \
	  echo "No npm here: that the page is its source's build is not checked."; \
	else \
	  set -e; rm -rf $(PAGE_CHECK); \
	  $(NPM) ci --silent; $(NPM) run --silent types; $(NPM) run --silent test; \
	  SPONDYL_PAGE_OUT="$(CURDIR)/$(PAGE_CHECK)" $(NPM) run --silent build; \
	  diff --recursive --brief $(PAGE_CHECK) $(PAGE) || \
	    { echo "The committed page is not what page/ builds: run make page and commit $(PAGE)." >&2; exit 1; }; \
	  echo "The committed page is what its source builds."; \
	fi

.PHONY: weights
weights: $(DEV_STAMP) ## Simulate, train and export the networks again (hours); resumable
	$(DEV)/bin/spondyl train experiments/full.yaml --out runs/full --resume
	@echo "The networks, their site and their logs are in runs/full/weights."

.PHONY: study
study: $(DEV_STAMP) ## Run a small study on simulated hospitals, from reports to its page; resumable
	$(DEV)/bin/spondyl study $(STUDY) --out $(STUDY_OUT)
	@echo "Open $(STUDY_OUT)/study.html"

.PHONY: card
card: $(DEV_STAMP) ## Write the model card's page anew, after a change of networks or figures
	$(DEV)/bin/python -m bench card

.PHONY: clean
clean: ## Remove the environments and all that was built
	rm -rf $(PLAIN) $(DEV) build site out/demo src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
