// PCRE2 for 8-bit code units: users' regular expressions.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
