# The targets that check, test, measure and run; included by the Makefile. Each of them first
# installs what is missing (tests/deps.sh, silent when nothing is) and builds what it needs.

help:
	@echo 'make               build the programs: build/$$V/partyline, partylined, partylinectl, partyline-sandbox'
	@echo 'make run           build, start the server with the demonstration company, open the client'
	@echo 'make demo-server   the same without the client, in the foreground'
	@echo 'make test          every test, under ASan and UBSan; T=money runs those with "money" in the name'
	@echo 'make check         architecture, format, lint, manual; T=layers runs one gate'
	@echo 'make format        lay the sources out with clang-format'
	@echo 'make po             bring the texts of the sources into core/po/*.po, to be translated'
	@echo 'make deps          install what is missing (Build-Depends of debian/control)'
	@echo 'make fault         kills, races, lost links     make fuzz   FUZZ_SECONDS=60 for each target'
	@echo 'make test-gateway  payments against what is not ours, from the npm registry'
	@echo 'make test-pages    the pages in a browser, looked over by axe-core from the npm registry'
	@echo 'make bench         measurements, with ratios    make deb    packages, into build/deb'
	@echo 'make install DESTDIR= PREFIX=/usr/local         make clean'
	@echo 'V=rel|dbg|asan|tsan|cov|fuzz chooses the variant, VERBOSE=1 shows the commands.'

# What T leaves of a list of names; everything without T.
chosen = $(if $(T),$(foreach name,$(1),$(if $(findstring $(T),$(name)),$(name))),$(1))
# As many jobs as there are processors, unless -j was given.
sub = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

deps:
	@tests/deps.sh

# Texts of the sources that are new come into the catalogues, untranslated; those that are gone leave.
po: deps
	@core/po/extract >build/texts.pot
	@for po in core/po/*.po; do \
	    msgmerge --quiet --no-fuzzy-matching --sort-by-file --add-location=file --previous "$$po" build/texts.pot | \
	        msgattrib --no-obsolete --add-location=file --sort-by-file -o "$$po" - && \
	    printf '%s: ' "$$po" && msgfmt --check --statistics -o /dev/null "$$po"; \
	done

# ---- running ------------------------------------------------------------------------------------
run: deps
	@+$(sub) V=rel all
	@tests/run.sh
demo-server: deps
	@+$(sub) V=rel all
	@tests/run.sh --serve

# ---- testing ------------------------------------------------------------------------------------
SCRIPT_TESTS := $(sort $(wildcard tests/*/test_*.py tests/*/test_*.sh))
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(B)/tests/fuzz/replay_%)
FUZZ_PROGRAMS := $(FUZZ_TARGETS:%=$(B)/tests/fuzz/fuzz_%)
# Programs that scripts use: any other NAME.c there; how each is linked stands in tests/ROOM/*.mk.
helpers_of = $(patsubst %.c,$(B)/%,$(filter-out tests/$(1)/test_%,$(wildcard tests/$(1)/*.c)))
TEST_HELPERS := $(call helpers_of,server) $(call helpers_of,tui) $(B)/tests/bench/load
include $(wildcard tests/*/*.mk)
TESTS = $(call chosen,$(UNIT_TESTS) $(SCRIPT_TESTS))

test: deps
	@+$(sub) V=asan T=$(T) test-run
# Scripts drive the programs; unit tests alone do not need them built.
test-build: $(filter $(UNIT_TESTS),$(TESTS)) $(if $(filter $(SCRIPT_TESTS),$(TESTS)),$(PROGRAMS) $(FUZZ_REPLAYS) $(TEST_HELPERS))
	@:
test-run:
	@+$(sub) -k test-build T=$(T) || { echo 'FAILED: the build'; echo '0 passed, 1 failed'; exit 1; }
	@BUILD=$(B) tests/with-pg tests/run-all $(TESTS)

check: deps
	@+$(sub) V=rel T=$(T) check-run
check-run:
	@tests/arch/run $(T)
# clang-format over everything, or over F='file ...'.
format: deps
	@clang-format -i $(or $(F),$(shell find core server tui tests -name '*.[ch]'))

# A target named fuzz_server_NAME.c links the server's library, fuzz_sandbox_NAME.c the sandbox's, any
# other core and wire alone.
FUZZ_LINK = $(if $(findstring server_,$@),$(B)/libserver.a) $(if $(findstring sandbox_,$@),$(B)/libsandbox.a) \
    $(B)/libwire.a $(B)/libcore.a
FUZZ_LIBS = $(if $(findstring server_,$@),$(SERVER_LIBS)) $(if $(findstring sandbox_,$@),$(SANDBOX_LIBS)) $(call lib,jansson)
FUZZ_FLAGS = $(if $(findstring server_,$@),$(SERVER_FLAGS)) $(WIRE_FLAGS)
.SECONDEXPANSION:
$(B)/tests/fuzz/replay_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $$(FUZZ_LINK)
	@mkdir -p $(@D)
	$(call do,TEST,$@)$(CC) $(COMMON) -Wno-missing-prototypes $(FUZZ_FLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(FUZZ_LIBS)
$(B)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $$(FUZZ_LINK)
	@mkdir -p $(@D)
	$(call do,FUZZ,$@)$(CC) $(COMMON) $(FUZZ_FLAGS) $(LINK) -fsanitize=fuzzer -o $@ $(filter %.c %.a,$^) $(FUZZ_LIBS)
fuzz-build: $(call chosen,$(FUZZ_PROGRAMS))
	@:
fuzz: deps
	@+$(sub) V=fuzz T=$(T) fuzz-build
	@tests/fuzz/run $(call chosen,$(FUZZ_TARGETS))

# ---- measuring ----------------------------------------------------------------------------------
# Programs beside the scripts may use whatever the server uses, and libcurl.
MEASURE = $(CC) $(COMMON) $(DEPS) $(SERVER_FLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(SERVER_LIBS) -lcurl
$(B)/tests/fault/%: tests/fault/%.c $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$@)$(MEASURE)
$(B)/tests/bench/%: tests/bench/%.c $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$@)$(MEASURE)
build-fault build-bench: build-%: all
	@+$(sub) $(call helpers_of,bench)
fault bench: deps
	@+$(sub) V=rel build-$@
	@BUILD=build/rel tests/$@/run

# ---- packages, installing -----------------------------------------------------------------------
deb: deps
	@debian/build-deb

DATA := $(DESTDIR)$(PREFIX)/share
install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	for page in man/*.[1-8]; do \
	    section=man$${page##*.}; \
	    install -d $(DATA)/man/$$section && install -m 644 $$page $(DATA)/man/$$section || exit 1; \
	done
	install -d $(DATA)/partyline
	install -m 644 debian/nginx.conf $(DATA)/partyline/nginx.conf
	install -m 644 debian/partyline.conf $(DATA)/partyline/partyline.conf
	install -m 644 debian/sshd.conf $(DATA)/partyline/sshd.conf

clean:
	rm -rf build

.PHONY: help po deps run demo-server test test-build test-run check check-run format fuzz fuzz-build fault bench build-fault build-bench deb install clean
