# One line of work a target; what it does lives in Rust or in tools/*.sh.
.DEFAULT_GOAL := help
.PHONY: help demo run test check bench faults soak fuzz screenshots preflight

# rustup puts cargo there, and a shell that was open before does not know yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Programs are named by --bin, not -p: cargo then unites the features of the whole workspace, and every target, tests
# included, shares one build of the dependencies.
demo: preflight ## Take a real program from version 1 to version 2 by a pipeline, then serve until Ctrl-C
	@cargo build --bin gennaker --bin greeter --bin demo
	@cargo run -q --bin demo

run: preflight ## Serve stand-alone, without the example, until Ctrl-C
	@tools/run.sh

test: ## Run every test; the last line is "N passed, N failed"
	@tools/preflight.sh test
	@cargo xtask test

check: ## Check layers, lengths, format, lints and licences
	@tools/preflight.sh check
	@cargo xtask check

bench: preflight ## Measure the release build
	@cargo build --release --bin gennaker --bin greeter --bin gennaker-benches
	@cargo run --release -q --bin gennaker-benches

faults: ## Kill the control plane 100 times under load, two nodes during 10,000 saves, and whatever deploys (GENNAKER_KILLS, _WRITES, _SEED)
	@tools/preflight.sh test
	@cargo build --bin gennaker --bin greeter
	@GENNAKER_KILLS=$${GENNAKER_KILLS:-100} GENNAKER_WRITES=$${GENNAKER_WRITES:-10000} \
		cargo test -p gennaker-system-tests --test it -- --nocapture --test-threads=1 --skip strategies:: kills:: writers::
	@GENNAKER_STRATEGIES=all GENNAKER_STRATEGY_KILLS=$${GENNAKER_STRATEGY_KILLS:-50} \
		GENNAKER_AGENT_KILLS=$${GENNAKER_AGENT_KILLS:-10} \
		cargo test -p gennaker-system-tests --test it -- --nocapture --test-threads=1 strategies::

soak: ## Run for hours under load (not there yet)
	@echo "make soak: not there yet; no issue is open for it" >&2; exit 2

fuzz: preflight ## Feed languages, services and configuration random input, 10 minutes each (SECONDS_EACH=600)
	@tools/fuzz.sh

screenshots: ## Take every screen of the web page, light and dark, wide and narrow, into target/screenshots
	@tools/preflight.sh test
	@cargo build --bin gennaker --bin greeter
	@UI_SCREENSHOTS=$(CURDIR)/target/screenshots cargo test --workspace --test screens -- screens

preflight:
	@tools/preflight.sh
