# Hindsight. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO            ?= go
BIN           := bin/hindsight
VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1.0-dev)
GOLANGCI      := bin/tools/golangci-lint
GOLANGCI_VERSION := v2.15.0
GO_PACKAGES   := ./...
# Browsers for the tests: $$CHROME and $$FIREFOX, else those on PATH; `make browser` installs them where it can. Where
# chromium-headless-shell is there ($$CHROME_SHELL, or on PATH) the long tables of the tracker's cases are visited by it.
export CHROME ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || true)
export FIREFOX ?= $(shell command -v firefox-esr || command -v firefox || true)

## everyday
.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n\033[1m%s\033[0m\n", substr($$0, 4)} /^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## install what is needed, build, start everything on 127.0.0.1:8080 with data under ./data
	@exec $(BIN) all $(ARGS)

.PHONY: build
build: $(BIN) engine ## build bin/hindsight with tracker and dashboard inside, and install the engine library

GO_SOURCES := $(shell find cmd collector processor api internal demo tracker-js -name '*.go' -not -path '*/node_modules/*') go.mod go.sum
GO_EMBEDS  := $(shell find internal/store/migrations internal/store/queries demo api/openapi.yaml -type f -not -name '*.go' -not -path '*/node_modules/*')

$(BIN): $(GO_SOURCES) $(GO_EMBEDS) tracker-js/dist/manifest.json api/dashboard/dist/index.html
	@echo "building $@ …"
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $@ ./cmd/hindsight

## parts
.PHONY: engine
engine: deploy/engine/node_modules/.stamp ## the embedded ClickHouse engine's library (npm, about 150 MB)
deploy/engine/node_modules/.stamp: deploy/engine/package-lock.json
	@echo "installing the ClickHouse engine library (a large npm package; some ten seconds) …"
	@npm ci --prefix deploy/engine --no-audit --no-fund --loglevel=error
	@touch $@

tracker-js/node_modules/.stamp: tracker-js/package-lock.json
	@echo "installing the tracker's build tools …"
	@npm ci --prefix tracker-js --no-audit --no-fund --loglevel=error
	@touch $@
TRACKER_SOURCES := $(shell find tracker-js -type f \( -name '*.ts' -o -name '*.mjs' -o -name '*.json' \) -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/test/*')
tracker-js/dist/manifest.json: tracker-js/node_modules/.stamp $(TRACKER_SOURCES)
	@echo "building the tracker …"
	@npm run --prefix tracker-js --silent build

api/dashboard/node_modules/.stamp: api/dashboard/package-lock.json
	@echo "installing the dashboard's build tools …"
	@npm ci --prefix api/dashboard --no-audit --no-fund --loglevel=error
	@touch $@
DASHBOARD_SOURCES := $(shell find api/dashboard -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/test/*' -not -name '*.go')
api/dashboard/dist/index.html: api/dashboard/node_modules/.stamp $(DASHBOARD_SOURCES)
	@echo "building the dashboard …"
	@npm run --prefix api/dashboard --silent build

.PHONY: browser
browser: ## browsers for the tests: $CHROME and $FIREFOX or those on PATH, and a font as wide as Times New Roman; else by apt where this is Debian and we are root
	@need=""; [ -n "$$CHROME" ] || need="chromium fonts-dejavu-core"; [ -n "$$FIREFOX" ] || need="$$need firefox-esr"; \
	! command -v apt-get >/dev/null || fc-match 'Times New Roman' 2>/dev/null | grep -qE '^(Liberation|Times|Tinos)' || need="$$need fontconfig fonts-liberation"; \
	if [ -z "$$need" ]; then echo "browsers: $$CHROME, $$FIREFOX"; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing $$need …"; apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$need >/dev/null; \
	else echo "The tests need two browsers and a font as wide as Times New Roman; missing here: $$need. Install them, or set CHROME and FIREFOX to the paths of the browsers." >&2; exit 1; fi

.PHONY: java
java:
	@if [ "$(KAFKA)" = skip ]; then exit 0; fi; \
	command -v java >/dev/null && command -v mvn >/dev/null || { \
	  echo "make test-kafka needs Java 17 and Maven (Debian: apt-get install openjdk-17-jre-headless maven); KAFKA=skip leaves these tests out." >&2; exit 1; }

test/e2e/node_modules/.stamp: test/e2e/package-lock.json
	@npm ci --prefix test/e2e --no-audit --no-fund --loglevel=error
	@touch $@

demo/browser/node_modules/.stamp: demo/browser/package-lock.json
	@npm ci --prefix demo/browser --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: deps
deps: engine tracker-js/node_modules/.stamp api/dashboard/node_modules/.stamp test/e2e/node_modules/.stamp demo/browser/node_modules/.stamp

## checks
# Logs of the tests that ran: docs/promises.md is checked against them at the end.
TEST_LOG := bin/test-log
GOTEST   := $(GO) test -count=1 -timeout 20m

.PHONY: test
test: browser deps build test-clean test-web test-go test-fuzz test-chaos e2e promises ## every test that needs no other server (installs what they need)
	@echo "all tests passed"

.PHONY: test-clean
test-clean:
	@rm -rf $(TEST_LOG) && mkdir -p $(TEST_LOG)

.PHONY: test-web
test-web: ## tracker and dashboard: types, lint, units, a real browser
	@npm run --prefix tracker-js --silent check
	@npm run --prefix api/dashboard --silent check
	@export CHROME="$${CHROME:-$$(command -v chromium)}" FIREFOX="$${FIREFOX:-$$(command -v firefox-esr)}"; \
	npm test --prefix tracker-js --silent 2>&1 | tee $(TEST_LOG)/tracker.log; \
	npm test --prefix api/dashboard --silent 2>&1 | tee $(TEST_LOG)/dashboard.log

.PHONY: test-go
test-go: ## Go: units, conformance on the embedded log and engine
	@export CHROME="$${CHROME:-$$(command -v chromium)}"; \
	$(GOTEST) -p 2 -json $$($(GO) list ./... | grep -v -e '/test/e2e' -e '/test/chaos' -e '/test/promises') > $(TEST_LOG)/go.json || { $(GO) run ./test/promises/testlog -failures $(TEST_LOG)/go.json; exit 1; }; \
	$(GO) run ./test/promises/testlog $(TEST_LOG)/go.json

.PHONY: test-fuzz
test-fuzz: ## a few seconds of every fuzz target (make fuzz for long runs)
	@$(MAKE) --no-print-directory fuzz FUZZTIME=1s > $(TEST_LOG)/fuzz.log 2>&1 || { cat $(TEST_LOG)/fuzz.log; exit 1; }
	@grep -c '^ok ' $(TEST_LOG)/fuzz.log | xargs printf '%s fuzz targets ran 1 s each\n'

# What tests said of themselves, once more: above it stands what the servers said.
reasons = echo; echo "why:"; grep -E '^ +[a-z_]+_test\.go:[0-9]+: ' $(1) | grep -v ': output of hindsight' | tail -30 | cut -c1-600

# The program with fault points compiled in (internal/fault): for these tests, never shipped.
FAULTS_BIN := bin/hindsight-faults
$(FAULTS_BIN): $(BIN)
	@CGO_ENABLED=0 $(GO) build -tags faults -o $@ ./cmd/hindsight

.PHONY: test-chaos
test-chaos: browser engine test/e2e/node_modules/.stamp $(FAULTS_BIN) ## processes killed, frozen and starved while batches are on their way; every table compared (docs/delivery.md)
	@mkdir -p $(TEST_LOG); $(GOTEST) -v -parallel 5 ./test/chaos 2>&1 | tee $(TEST_LOG)/chaos.log || { $(call reasons,$(TEST_LOG)/chaos.log); exit 1; }

.PHONY: chaos
chaos: browser engine test/e2e/node_modules/.stamp $(FAULTS_BIN) ## the long form of test-chaos: 50 kills, every passing of every point, the disk's own trouble
	@HINDSIGHT_LONG=1 $(GO) test -count=1 -timeout 60m -v -parallel 2 ./test/chaos

.PHONY: e2e
e2e: ## browser to API; kill and restart; store again
	@export CHROME="$${CHROME:-$$(command -v chromium)}"; \
	$(GOTEST) -v ./test/e2e/... 2>&1 | tee $(TEST_LOG)/e2e.log || { $(call reasons,$(TEST_LOG)/e2e.log); exit 1; }

.PHONY: promises
promises: ## docs/promises.md against the tests that ran
	@HINDSIGHT_TEST_LOG=$(abspath $(TEST_LOG)) $(GOTEST) ./test/promises

.PHONY: test-kafka
test-kafka: java browser deps build $(FAULTS_BIN) ## the pipeline against a real Apache Kafka that it starts itself
	@if [ "$(KAFKA)" = skip ]; then echo "KAFKA=skip: the tests against Apache Kafka are left out"; exit 0; fi; \
	export CHROME="$${CHROME:-$$(command -v chromium)}" HINDSIGHT_TEST_KAFKA=1; \
	$(GOTEST) -v -run 'Kafka|Conformance' ./internal/broker/apachekafka/ ./test/e2e/... ./test/chaos 2>&1 | tee bin/test-kafka.log || { $(call reasons,bin/test-kafka.log); exit 1; }

$(GOLANGCI):
	@echo "installing golangci-lint $(GOLANGCI_VERSION) (built from source; a minute or two) …"
	@GOBIN=$(abspath bin/tools) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

.PHONY: lint
lint: lint-go lint-web ## gofmt, go vet, golangci-lint; eslint and type checks of the TypeScript

.PHONY: lint-go
lint-go: $(GOLANGCI) deps
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt these:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	@$(GO) vet ./...
	@$(GOLANGCI) run ./...

.PHONY: lint-web
lint-web: deps
	@npm run --prefix tracker-js --silent check
	@npm run --prefix api/dashboard --silent check

.PHONY: check
check: java ## what CI runs
	@$(MAKE) --no-print-directory -j4 prepare
	@$(MAKE) --no-print-directory lint-go test test-kafka
	@echo "check passed"

# Everything that is installed or compiled for the checks, at once: some of it waits for the network, some for the CPU.
.PHONY: prepare
prepare: $(GOLANGCI) deps

ROUNDS ?= 5
.PHONY: bench
bench: browser tracker-js/node_modules/.stamp tracker-js/dist/manifest.json ## what the tracker costs a page, beside @rrweb/record (ROUNDS=5; docs/bench.md), bench-ingest and bench-through: tables, bench-*.json
	@export CHROME="$${CHROME:-$$(command -v chromium)}"; node tracker-js/bench/run.mjs --rounds $(ROUNDS) --out bench-tracker.json
	@$(MAKE) --no-print-directory bench-ingest bench-through

INGEST_ROUNDS ?= 5
.PHONY: bench-ingest
bench-ingest: ## what a collector costs, beside a bare websocket server (INGEST_ROUNDS=5; docs/bench.md): a table and bench-ingest.json
	@mkdir -p bin && $(GO) build -o bin/bench-ingest ./test/bench && bin/bench-ingest -rounds $(INGEST_ROUNDS) -out bench-ingest.json

THROUGH_ROUNDS ?= 5
.PHONY: bench-through
bench-through: browser build demo/browser/node_modules/.stamp ## the whole way from a websocket to ClickHouse, on recorded visits to the demo shop (THROUGH_ROUNDS=5; docs/bench.md): a table and bench-through.json
	@export CHROME="$${CHROME:-$$(command -v chromium)}"; $(GO) build -o bin/bench-through ./test/bench/through && bin/bench-through -rounds $(THROUGH_ROUNDS) -out bench-through.json

FUZZTIME ?= 10m
.PHONY: fuzz
fuzz: ## long runs of every fuzz target (FUZZTIME=10m each)
	@grep -rhoE --include='*_test.go' --exclude-dir=node_modules '^func Fuzz\w+' -H . | sed -E 's#^(.*)/[^/]+:func #\1 #' | sort -u | while read -r pkg f; do \
	    echo "$$pkg $$f"; out=$$(mktemp); \
	    if ! $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 50x $$pkg 2>&1 < /dev/null | tee $$out; then \
	      : "go test -fuzz fails when its time ends in the middle of an input; a finding always writes that input down"; \
	      if grep -q 'context deadline exceeded' $$out && ! grep -qE 'Failing input|panic:' $$out; then echo "ok  	$$pkg $$f (its time ended in the middle of an input)"; \
	      else rm -f $$out; exit 1; fi; fi; rm -f $$out; done

## scaled out
.PHONY: up
up: ## docker compose: Apache Kafka, ClickHouse, collector, processor, api
	docker compose up --build --detach
.PHONY: down
down: ## stop what `make up` started; data stays
	docker compose down

.PHONY: clean
clean: ## remove what was built (not the data)
	@rm -rf bin tracker-js/node_modules api/dashboard/node_modules deploy/engine/node_modules test/e2e/node_modules demo/browser/node_modules
	@find tracker-js/dist api/dashboard/dist -mindepth 1 -not -name placeholder.txt -delete 2>/dev/null || true
