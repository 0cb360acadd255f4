#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARG_UNUSED(x) (void)(x)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b) (((a) < (b)) ? (a) : (b))

typedef struct {
	int64_t ticks;
} k_timeout_t;

#define K_SECONDS(s) ((k_timeout_t){ .ticks = (s) })

#define MSEC_PER_SEC 1000U

int64_t k_uptime_get(void);
int32_t k_sleep(k_timeout_t timeout);
