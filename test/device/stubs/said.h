/* What a stub was told, a line each: its name, and the bytes as hex, whatever they are. */
#pragma once
#include <stdio.h>
#include <string.h>

static inline void said_bytes(const char *name, const void *bytes, size_t length)
{
    printf("%s ", name);
    for (size_t i = 0; i < length; i++) printf("%02x", ((const unsigned char *)bytes)[i]);
    puts("");
}

static inline void said_text(const char *name, const char *text)
{
    said_bytes(name, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

static inline void said_number(const char *name, long number)
{
    char text[24];
    snprintf(text, sizeof text, "%ld", number);
    said_text(name, text);
}
