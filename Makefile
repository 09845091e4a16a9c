# Partyline. `make help` lists the targets; the order of this file is: what is built, how, tests,
# installing. Checks, measurements and `make run` are in tests/tests.mk.
#   V=rel (default) dbg asan tsan cov fuzz   one folder of build/ per variant, side by side
#   VERBOSE=1                                shows the commands

V ?= rel
B := build/$(V)
PREFIX ?= /usr/local
CC := gcc
AR := gcc-ar
PKG_CONFIG ?= pkg-config
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog 2>/dev/null || echo 0)

WARN := -Werror -Wall -Wextra -Wconversion -Wshadow -Wswitch-enum -Wmissing-prototypes -Wvla \
        -Wformat=2 -Wpointer-arith -Wstrict-prototypes -Wundef
CFLAGS_rel  := -O2 -g
CFLAGS_dbg  := -Og -g
CFLAGS_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan := -O1 -g -fsanitize=thread
CFLAGS_cov  := -O0 -g --coverage
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
ifeq ($(V),fuzz)
CC := clang
AR := llvm-ar-14
WARN := -Wall -Wextra
endif
ifeq ($(filter $(V),rel dbg asan tsan cov fuzz),)
$(error V=$(V) is no variant: rel dbg asan tsan cov fuzz)
endif
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
ifneq ($(filter $(V),asan tsan fuzz cov dbg),)
HARDEN := -fPIE
endif
COMMON := -std=gnu17 $(CFLAGS_$(V)) $(WARN) $(HARDEN) -I. -I$(B)/gen $(CPPFLAGS) $(CFLAGS)
LINK := $(CFLAGS_$(V)) -pie -Wl,-z,relro,-z,now $(LDFLAGS)
# Who includes what, for the next run: -MT because a test is compiled and linked in one go.
DEPS = -MMD -MP -MT $@ -MF $@.d

# Core: C and nothing else. No package's include path, no floating point (the flag takes the
# registers away; tests/arch looks for the words), no inline functions of libc that return doubles.
CORE_FLAGS := -mgeneral-regs-only -D__NO_INLINE__ -std=c17
ifneq ($(filter $(V),asan tsan cov fuzz),)
CORE_FLAGS := -D__NO_INLINE__ -std=c17
endif

pkg = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
lib = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)
SERVER_PKGS := libpq openssl libevent libevent_openssl libevent_pthreads jansson libsodium liboath libconfuse libsystemd libcurl zlib
TUI_PKGS := ncursesw formw menuw libcurl libqrencode jansson zlib
# Asked of pkg-config when first used (it may not be there yet when `make deps` runs), and once.
WIRE_FLAGS = $(eval WIRE_FLAGS := $(call pkg,jansson))$(WIRE_FLAGS)
SERVER_FLAGS = $(eval SERVER_FLAGS := -D_GNU_SOURCE -pthread $(call pkg,$(SERVER_PKGS)))$(SERVER_FLAGS)
BOOK_PKGS := xlsxwriter minizip expat
BOOK_FLAGS = $(eval BOOK_FLAGS := -D_GNU_SOURCE $(call pkg,$(BOOK_PKGS)))$(BOOK_FLAGS)
TUI_FLAGS = $(eval TUI_FLAGS := -D_GNU_SOURCE $(call pkg,$(TUI_PKGS)))$(TUI_FLAGS)
# The allocator of the server: an order takes some hundred small pieces, which glibc's per-thread
# cache has no room for. The sanitizers bring their own.
ALLOCATOR := $(if $(filter rel dbg,$(V)),-ljemalloc)
SERVER_LIBS = $(call lib,$(SERVER_PKGS) $(BOOK_PKGS)) -pthread $(ALLOCATOR)
TUI_LIBS = $(call lib,$(TUI_PKGS))

objects = $(patsubst %.c,$(B)/%.o,$(1))
CORE_OBJ := $(call objects,$(wildcard core/*.c core/promo/*.c))
WIRE_OBJ := $(call objects,$(wildcard core/wire/*.c))
BOOK_OBJ := $(call objects,$(wildcard server/book/*.c))
SERVER_MAINS := server/partylined.c server/partylinectl.c server/partyline-sandbox.c
SERVER_OBJ := $(call objects,$(filter-out $(SERVER_MAINS),$(wildcard server/*.c server/net/*.c server/db/*.c server/auth/*.c server/api/*.c server/jobs/*.c server/gateway/*.c server/mail/*.c server/ctl/*.c)))
# Pages: PAGE.html becomes C beside what the templates are made of; server and sandbox both have them.
WEB_OBJ := $(call objects,$(wildcard server/web/*.c)) $(patsubst server/web/%.html,$(B)/gen/web/%.o,$(wildcard server/web/*.html)) $(B)/gen/style.o
SANDBOX_OBJ := $(call objects,$(wildcard server/sandbox/*.c)) $(B)/gen/sandbox.o
TUI_OBJ := $(call objects,$(filter-out tui/partyline.c,$(wildcard tui/*.c)))
GEN_OBJ := $(B)/gen/queries.o $(B)/gen/schema.o $(B)/gen/demo.o $(B)/gen/openapi.o
PROGRAMS := $(B)/partyline $(B)/partylined $(B)/partylinectl $(B)/partyline-sandbox

all: $(PROGRAMS)
	@:

# ---- how things are built -----------------------------------------------------------------------
# $(call do,CC,name) begins a recipe line: it prints `  CC name`, or with VERBOSE=1 the command.
do = $(if $(VERBOSE),,@printf '  %-4s %s\n' $(1) $(2) && )

$(B)/core/wire/%.o: core/wire/%.c
	@mkdir -p $(@D)
	$(call do,CC,$<)$(CC) $(COMMON) $(DEPS) $(WIRE_FLAGS) -c $< -o $@
$(B)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(call do,CC,$<)$(CC) $(COMMON) $(DEPS) $(CORE_FLAGS) -c $< -o $@
$(B)/server/book/%.o: server/book/%.c
	@mkdir -p $(@D)
	$(call do,CC,$<)$(CC) $(COMMON) $(DEPS) $(BOOK_FLAGS) -c $< -o $@
$(B)/server/%.o: server/%.c | $(B)/gen/queries.h
	@mkdir -p $(@D)
	$(call do,CC,$<)$(CC) $(COMMON) $(DEPS) $(SERVER_FLAGS) -DPARTYLINE_VERSION='"$(VERSION)"' -c $< -o $@
$(B)/tui/%.o: tui/%.c
	@mkdir -p $(@D)
	$(call do,CC,$<)$(CC) $(COMMON) $(DEPS) $(TUI_FLAGS) -DPARTYLINE_VERSION='"$(VERSION)"' -c $< -o $@
$(B)/gen/%.o: $(B)/gen/%.c
	$(call do,CC,$<)$(CC) $(COMMON) $(DEPS) -c $< -o $@

$(B)/libcore.a: $(CORE_OBJ) $(B)/gen/translations.o
$(B)/libwire.a: $(WIRE_OBJ)
$(B)/libserver.a: $(SERVER_OBJ) $(BOOK_OBJ) $(WEB_OBJ) $(GEN_OBJ)
$(B)/libsandbox.a: $(SANDBOX_OBJ) $(WEB_OBJ) $(call objects,$(wildcard server/net/*.c))
$(B)/libtui.a: $(TUI_OBJ)
$(B)/lib%.a:
	@mkdir -p $(@D) && rm -f $@
	$(call do,AR,$@)$(AR) rcs $@ $^

$(B)/partylined: $(B)/server/partylined.o $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	$(call do,LD,$@)$(CC) $(LINK) -o $@ $^ $(SERVER_LIBS)
$(B)/partylinectl: $(B)/server/partylinectl.o $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	$(call do,LD,$@)$(CC) $(LINK) -o $@ $^ $(SERVER_LIBS)
# The sandbox knows no database: server/net is all that it takes of the server.
SANDBOX_LIBS = $(call lib,openssl libevent libevent_openssl libevent_pthreads jansson libcurl libsystemd) -pthread
$(B)/partyline-sandbox: $(B)/server/partyline-sandbox.o $(B)/libsandbox.a $(B)/libcore.a
	$(call do,LD,$@)$(CC) $(LINK) -o $@ $^ $(SANDBOX_LIBS)
$(B)/partyline: $(B)/tui/partyline.o $(B)/libtui.a $(B)/libwire.a $(B)/libcore.a
	$(call do,LD,$@)$(CC) $(LINK) -o $@ $^ $(TUI_LIBS)

# SQL, the OpenAPI document and other texts become tables in the programs: nothing to find at run time.
QUERIES := $(sort $(wildcard sql/q/*.sql))
SCHEMA := $(sort $(wildcard sql/schema/*.sql))
DEMO := $(sort $(wildcard sql/demo/*.sql sql/demo/*.promo))
$(B)/gen/queries.c $(B)/gen/queries.h: $(B)/gen/queries.%: $(QUERIES) server/gen/queries.awk
	@mkdir -p $(@D)
	$(call do,GEN,$@)awk -f server/gen/queries.awk -v what=$* $(QUERIES) > $@.new && mv $@.new $@
$(B)/gen/queries.o: $(B)/gen/queries.h
$(B)/gen/schema.c: $(SCHEMA) server/gen/embed.sh
	@mkdir -p $(@D)
	$(call do,GEN,$@)sh server/gen/embed.sh schema $(SCHEMA) > $@.new && mv $@.new $@
$(B)/gen/demo.c: $(DEMO) server/gen/embed.sh
	@mkdir -p $(@D)
	$(call do,GEN,$@)sh server/gen/embed.sh demo $(DEMO) > $@.new && mv $@.new $@
SANDBOX_FILES := server/sandbox/objects.json
$(B)/gen/sandbox.c: $(SANDBOX_FILES) server/gen/embed.sh
	@mkdir -p $(@D)
	$(call do,GEN,$@)sh server/gen/embed.sh sandbox $(SANDBOX_FILES) > $@.new && mv $@.new $@
$(B)/gen/style.c: server/web/style.css server/gen/embed.sh
	@mkdir -p $(@D)
	$(call do,GEN,$@)sh server/gen/embed.sh web server/web/style.css > $@.new && mv $@.new $@
$(B)/gen/web/%.c: server/web/%.html server/gen/templates.py
	@mkdir -p $(@D)
	$(call do,GEN,$@)server/gen/templates.py $< > $@.new && mv $@.new $@
# The texts in other languages: what core/po has, as tables for core/tr.c.
PO := $(sort $(wildcard core/po/*.po))
$(B)/gen/translations.c: $(PO) core/po/compile core/po/table.awk
	@mkdir -p $(@D)
	$(call do,GEN,$@)core/po/compile $(PO) > $@.new && mv $@.new $@
API_FILES := server/api/openapi.json
$(B)/gen/openapi.c: $(API_FILES) server/gen/embed.sh
	@mkdir -p $(@D)
	$(call do,GEN,$@)sh server/gen/embed.sh openapi $(API_FILES) > $@.new && mv $@.new $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- tests --------------------------------------------------------------------------------------
# A program per module: tests/core/test_money.c -> build/V/tests/core/test_money. What each room's
# tests link is what the room may use; core's link nothing but libc and CUnit.
tests_of = $(patsubst %.c,$(B)/%,$(wildcard tests/$(1)/test_*.c))
UNIT_TESTS := $(foreach room,core wire server tui,$(call tests_of,$(room)))

$(B)/tests/report.o: tests/report.c tests/report.h
	@mkdir -p $(@D)
	$(call do,CC,$<)$(CC) $(COMMON) $(DEPS) -c $< -o $@
$(B)/tests/core/test_%: tests/core/test_%.c $(B)/tests/report.o $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$<)$(CC) $(COMMON) $(DEPS) $(LINK) -o $@ $(filter %.c %.o %.a,$^) -lcunit
$(B)/tests/wire/test_%: tests/wire/test_%.c $(B)/tests/report.o $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$<)$(CC) $(COMMON) $(DEPS) $(WIRE_FLAGS) $(LINK) -o $@ $(filter %.c %.o %.a,$^) $(call lib,jansson) -lcunit
$(B)/tests/server/test_%: tests/server/test_%.c $(B)/tests/report.o $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$<)$(CC) $(COMMON) $(DEPS) $(SERVER_FLAGS) $(LINK) -o $@ $(filter %.c %.o %.a,$^) $(SERVER_LIBS) -lcunit
$(B)/tests/tui/test_%: tests/tui/test_%.c $(B)/tests/report.o $(B)/libtui.a $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$<)$(CC) $(COMMON) $(DEPS) $(TUI_FLAGS) $(LINK) -o $@ $(filter %.c %.o %.a,$^) $(TUI_LIBS) -lcunit
unit-tests: $(UNIT_TESTS)

# The flags of a room in shell's words, for the checks that read its sources by themselves.
flags-%:
	@echo $(COMMON) $(if $(filter core,$*),$(CORE_FLAGS)) $(if $(filter wire,$*),$(WIRE_FLAGS)) \
	    $(if $(filter server,$*),$(SERVER_FLAGS)) $(if $(filter tui,$*),$(TUI_FLAGS)) \
	    $(if $(filter book,$*),$(BOOK_FLAGS)) \
	    "'-DPARTYLINE_VERSION=\"$(VERSION)\"'"

include tests/tests.mk

.PHONY: all unit-tests
.SECONDARY:
