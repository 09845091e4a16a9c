/* What every file of the project may assume: fixed-size integers, and the few attributes that make
 * the compiler check what a reader would otherwise have to remember. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The result may not be ignored. */
#define MUST_CHECK __attribute__((warn_unused_result))
/* Argument `fmt` is a printf format for the arguments from `first` on. */
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define NORETURN __attribute__((noreturn))
