# The few commands that people type; what is built how stands in meson.build.
#
#   make          release build in build/
#   make demo     install what is missing, build, and run the main job once
#   make demo-live
#                 the same live: a server, its page, and a service that sends to it
#   make check    install what is missing, build, and run all tests
#   make bench    the speed figures of docs/bench.md
#   make lint     clang-format and clang-tidy over all C
#   make clean

BUILD = build

.PHONY: all deps demo demo-live check bench lint clean install

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup $(BUILD)

deps:
	tools/install_deps.sh

demo: deps all
	tools/demo.sh

demo-live: deps all
	tools/demo_live.sh

check: deps all
	tools/check.py

bench: all
	tools/install_deps.sh bench
	tools/bench.py

lint: all
	clang-format-14 --dry-run --Werror $$(git ls-files '*.c' '*.h')
	clang-tidy-14 -p $(BUILD) --quiet $$(git ls-files 'src/*.c' 'cli/*.c')

install: all
	meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) build-asan build-tsan build-fuzz demo
