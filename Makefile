# Partyline. `make help` lists the targets; the order of this file is: what is built, how, checks,
# tests, running, installing.
#   V=rel (default) dbg asan tsan cov fuzz   one folder of build/ per variant, side by side

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
COMMON := -std=gnu17 $(CFLAGS_$(V)) $(WARN) $(HARDEN) -I. -I$(B)/gen -MMD -MP $(CFLAGS)
LINK := $(CFLAGS_$(V)) -pie -Wl,-z,relro,-z,now $(LDFLAGS)

# Core: C and nothing else. No package's include path, no floating point (the flag takes the
# registers away; tests/arch looks for the words), no inline functions of libc that return doubles.
CORE_FLAGS := -mgeneral-regs-only -D__NO_INLINE__ -std=c17
ifneq ($(filter $(V),asan tsan cov fuzz),)
CORE_FLAGS := -D__NO_INLINE__ -std=c17
endif

pkg = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
lib = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)
SERVER_PKGS := libpq openssl libevent libevent_openssl libevent_pthreads jansson libsodium liboath libconfuse libsystemd
TUI_PKGS := ncursesw formw menuw libcurl jansson
SERVER_FLAGS = -D_GNU_SOURCE -pthread $(call pkg,$(SERVER_PKGS))
TUI_FLAGS = -D_GNU_SOURCE $(call pkg,$(TUI_PKGS))
SERVER_LIBS = $(call lib,$(SERVER_PKGS)) -pthread
TUI_LIBS = $(call lib,$(TUI_PKGS))

objects = $(patsubst %.c,$(B)/%.o,$(1))
CORE_OBJ := $(call objects,$(wildcard core/*.c))
WIRE_OBJ := $(call objects,$(wildcard core/wire/*.c))
SERVER_MAINS := server/partylined.c server/partylinectl.c
SERVER_OBJ := $(call objects,$(filter-out $(SERVER_MAINS),$(wildcard server/*.c server/net/*.c server/db/*.c server/auth/*.c server/api/*.c server/jobs/*.c server/ctl/*.c)))
TUI_OBJ := $(call objects,$(filter-out tui/partyline.c,$(wildcard tui/*.c)))
GEN_OBJ := $(B)/gen/queries.o $(B)/gen/schema.o $(B)/gen/demo.o $(B)/gen/openapi.o
PROGRAMS := $(B)/partyline $(B)/partylined $(B)/partylinectl

all: $(PROGRAMS)

# ---- how things are built -----------------------------------------------------------------------
$(B)/core/wire/%.o: core/wire/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(call pkg,jansson) -c $< -o $@
$(B)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CORE_FLAGS) -c $< -o $@
$(B)/server/%.o: server/%.c | $(B)/gen/queries.h
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(SERVER_FLAGS) -DPARTYLINE_VERSION='"$(VERSION)"' -c $< -o $@
$(B)/tui/%.o: tui/%.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(TUI_FLAGS) -DPARTYLINE_VERSION='"$(VERSION)"' -c $< -o $@
$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(COMMON) -c $< -o $@

$(B)/libcore.a: $(CORE_OBJ)
	@rm -f $@; $(AR) rcs $@ $^
$(B)/libwire.a: $(WIRE_OBJ)
	@rm -f $@; $(AR) rcs $@ $^
$(B)/libserver.a: $(SERVER_OBJ) $(GEN_OBJ)
	@rm -f $@; $(AR) rcs $@ $^
$(B)/libtui.a: $(TUI_OBJ)
	@rm -f $@; $(AR) rcs $@ $^

$(B)/partylined: $(B)/server/partylined.o $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	$(CC) $(LINK) -o $@ $^ $(SERVER_LIBS)
$(B)/partylinectl: $(B)/server/partylinectl.o $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	$(CC) $(LINK) -o $@ $^ $(SERVER_LIBS)
$(B)/partyline: $(B)/tui/partyline.o $(B)/libtui.a $(B)/libwire.a $(B)/libcore.a
	$(CC) $(LINK) -o $@ $^ $(TUI_LIBS)

# SQL, the OpenAPI document and other texts become tables in the programs: nothing to find at run time.
QUERIES := $(sort $(wildcard sql/q/*.sql))
$(B)/gen/queries.c: $(QUERIES) server/gen/queries.awk
	@mkdir -p $(@D)
	awk -f server/gen/queries.awk -v what=c $(QUERIES) > $@.new && mv $@.new $@
$(B)/gen/queries.h: $(QUERIES) server/gen/queries.awk
	@mkdir -p $(@D)
	awk -f server/gen/queries.awk -v what=h $(QUERIES) > $@.new && mv $@.new $@
$(B)/gen/queries.o: $(B)/gen/queries.h
$(B)/gen/schema.c: $(sort $(wildcard sql/schema/*.sql)) server/gen/embed.sh
	@mkdir -p $(@D)
	sh server/gen/embed.sh schema $(sort $(wildcard sql/schema/*.sql)) > $@.new && mv $@.new $@
$(B)/gen/demo.c: $(sort $(wildcard sql/demo/*.sql)) server/gen/embed.sh
	@mkdir -p $(@D)
	sh server/gen/embed.sh demo $(sort $(wildcard sql/demo/*.sql)) > $@.new && mv $@.new $@
$(B)/gen/openapi.c: server/api/openapi.json server/gen/embed.sh
	@mkdir -p $(@D)
	sh server/gen/embed.sh openapi server/api/openapi.json > $@.new && mv $@.new $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- tests --------------------------------------------------------------------------------------
# A program per module: tests/core/test_money.c -> build/V/tests/core/test_money.
CORE_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/core/test_*.c))
WIRE_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/wire/test_*.c))
SERVER_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/server/test_*.c))
TUI_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/tui/test_*.c))
UNIT_TESTS := $(CORE_TESTS) $(WIRE_TESTS) $(SERVER_TESTS) $(TUI_TESTS)

$(B)/tests/report.o: tests/report.c tests/report.h
	@mkdir -p $(@D)
	$(CC) $(COMMON) -c $< -o $@
# Core's tests link nothing but libc and CUnit.
$(B)/tests/core/test_%: tests/core/test_%.c $(B)/tests/report.o $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(LINK) -o $@ $< $(B)/tests/report.o $(B)/libcore.a -lcunit
$(B)/tests/wire/test_%: tests/wire/test_%.c $(B)/tests/report.o $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(call pkg,jansson) $(LINK) -o $@ $< $(B)/tests/report.o $(B)/libwire.a $(B)/libcore.a $(call lib,jansson) -lcunit
$(B)/tests/server/test_%: tests/server/test_%.c $(B)/tests/report.o $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(SERVER_FLAGS) $(LINK) -o $@ $< $(B)/tests/report.o $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a $(SERVER_LIBS) -lcunit
$(B)/tests/tui/test_%: tests/tui/test_%.c $(B)/tests/report.o $(B)/libtui.a $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(TUI_FLAGS) $(LINK) -o $@ $< $(B)/tests/report.o $(B)/libtui.a $(B)/libwire.a $(B)/libcore.a $(TUI_LIBS) -lcunit
unit-tests: $(UNIT_TESTS)

include tests/tests.mk

.PHONY: all unit-tests
.SECONDARY:
