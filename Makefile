# Two commands do everything: "make run" starts Parley, "make test" tests it.
# Both install what is missing first. "make help" lists the rest.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.NOTPARALLEL:

# Setup leaves build/go behind where the system's Go is too old to fetch the right one.
export PATH := $(CURDIR)/build:$(PATH):/usr/local/go/bin
# git refuses to describe a clone that another user owns, and Go then refuses to build in it.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)
TAGS    := migrated_fynedo,nolibopusfile
GO      := go
LINT_VERSION := v2.6.0
LINT    := bin/$(LINT_VERSION)/golangci-lint
VERSION := $(shell git describe --tags --always 2>/dev/null || echo dev)

# Homebrew's folder is on no compiler's path, and libyuv has no pkg-config file to say where it is.
ifeq ($(shell uname -s),Darwin)
BREW := $(shell brew --prefix)
export CGO_CFLAGS  := -O2 -g -I$(BREW)/include
export CGO_LDFLAGS := -O2 -g -L$(BREW)/lib
endif

# Packages that need C, and so cannot be tested without it. docs/architecture.md says why each does.
CGO_PACKAGES  := parley$$|/media/camera|/media/screen$$|/media/screen/pipewire|/media/audio|/media/codec|/media/voice/speex|/call/station|/ui/command|/ui/iconified|/ui/e2e

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what building and running needs
	@packaging/setup.sh

setup-test: ## install what testing needs, too
	@packaging/setup.sh test

run: build ## build and start Parley
	./parley $(ARGS)

build: setup ## build ./parley
	$(GO) build -tags $(TAGS) -ldflags '-X main.version=$(VERSION)' -o parley .

test: lint unit pure e2e ## run every test

lint: setup-test $(LINT) ## look for faults without running anything
	$(LINT) run
	$(GO) mod tidy -diff

$(LINT): | setup-test
	GOBIN='$(CURDIR)/$(@D)' $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)

unit: setup-test ## unit and component tests under the race detector
	$(GO) test -race -tags $(TAGS) -timeout 30m ./...

pure: setup-test ## everything that needs no C, tested without it
	CGO_ENABLED=0 $(GO) test -timeout 30m $$($(GO) list ./... | grep -Ev '$(CGO_PACKAGES)')

e2e: setup-test build ## browsers, two Parleys, foreign servers, the real window
	@mkdir -p build
	PARLEY='$(CURDIR)/parley' MATRIX='$(CURDIR)/build/matrix.md' $(GO) test -tags $(TAGS),e2e -count=1 -timeout 60m ./ui/e2e/...
	@echo; cat build/matrix.md

explore: setup ## search the call machine further than the tests do
	PARLEY_EXPLORE=large $(GO) test ./call -run TestExplore -timeout 2h -v

bench: build ## speed and memory, beside their limits
	@packaging/setup.sh bench
	PARLEY='$(CURDIR)/parley' $(GO) test -tags $(TAGS),e2e -run '^$$' -bench . -benchtime 1x -timeout 1h ./ui/e2e/bench
	$(GO) test -tags $(TAGS) -run '^$$' -bench . -benchtime 2s ./media/codec ./media/pattern ./media/playout

# Some rows take their real time: MINUTES=30 lets the call with clocks that drift apart last so
# long, instead of two. ONLY=Echo runs the benchmarks whose names match; without it, the half hours
# and the hour in virtual time run, too, at their whole length, which under the race detector is cut,
# and what must not allocate is counted.
bench-audio: build ## echo, noise, bad networks, delay and cost of sound
	@packaging/setup.sh bench
	PARLEY='$(CURDIR)/parley' MINUTES='$(MINUTES)' $(GO) test -tags $(TAGS),e2e -run '^$$' -bench '$(or $(ONLY),.)' -benchtime 1x -timeout 3h ./ui/e2e/soundbench
	$(if $(ONLY),,$(GO) test -tags $(TAGS) -count 1 -timeout 1h -v -run 'HalfAnHour|ForAnHour' -bench 'Data|Step' ./media/audio ./media/audio/device)

bench-video: build ## the picture: networks that change, processor time, delay
	@packaging/setup.sh bench
	PARLEY='$(CURDIR)/parley' $(GO) test -tags $(TAGS),e2e -run '^$$' -bench '$(or $(ONLY),.)' -benchtime 1x -timeout 2h ./ui/e2e/videobench

screenshots: setup-test build ## every screen into docs/screenshots
	packaging/screenshots.sh

clean: ## remove what was built
	rm -rf parley bin build

.PHONY: help setup setup-test run build test lint unit pure e2e explore bench bench-audio bench-video screenshots clean
