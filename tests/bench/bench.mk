# The load driver has parts of its own.
$(B)/tests/bench/load: tests/bench/load/link.c tests/bench/load/figures.c \
    tests/bench/load/link.h tests/bench/load/figures.h
