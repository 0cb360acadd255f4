#pragma once
#include <stdio.h>

#define LOG_LEVEL_INF 3
#define LOG_MODULE_REGISTER(name, level) enum { log_level_of_##name = (level) }
#define LOG_INF(...) (fprintf(stderr, __VA_ARGS__), fputs("\n", stderr))
#define LOG_WRN LOG_INF
#define LOG_ERR LOG_INF
