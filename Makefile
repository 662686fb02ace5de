# Hindsight. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO            ?= go
BIN           := bin/hindsight
VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1.0-dev)
GOLANGCI      := bin/tools/golangci-lint
GOLANGCI_VERSION := v2.12.2
GO_PACKAGES   := ./...
# A browser for the tests: $$CHROME, else chromium on PATH; `make browser` installs it where it can.
export CHROME ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || true)

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
