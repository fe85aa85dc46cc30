/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static struct {
    struct cw_log_settings settings;
    const char *process;
    bool has_journal;
} log_state = {.settings.level = CW_LOG_INFO, .process = "camwatch"};

void
cw_log_open(const struct cw_log_settings *settings, const char *process)
{
    log_state.settings = *settings;
    log_state.process = process;
    log_state.has_journal = getenv("JOURNAL_STREAM") != NULL;
}

static void
make_harmless(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            *text = '?';
        }
    }
}

static const char *
level_text(unsigned level)
{
    static const char *const texts[] = {"emergency", "alert",  "critical", "error",
                                        "warning",   "notice", "info",     "debug"};
    return texts[level <= CW_LOG_DEBUG ? level : CW_LOG_DEBUG];
}

/* The text is harmless already: only quotes and backslashes need an escape. */
static size_t
add_escaped(char *out, size_t room, const char *text)
{
    size_t n = 0;
    for (; *text != '\0' && n + 3 < room; text++) {
        if (*text == '"' || *text == '\\') {
            out[n++] = '\\';
        }
        out[n++] = *text;
    }
    out[n] = '\0';
    return n;
}

static size_t
make_json(char out[2 * LINE_MAX_BYTES + 256], unsigned level, const char *text)
{
    struct timespec now;
    struct tm parts;
    char when[32] = "";
    char escaped[2 * LINE_MAX_BYTES];
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &parts)) {
        (void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &parts);
    }
    (void)add_escaped(escaped, sizeof(escaped), text);
    int n = snprintf(
        out, 2 * LINE_MAX_BYTES + 256,
        "{\"time\":\"%s.%03ldZ\",\"level\":\"%s\",\"process\":\"%s\",\"message\":\"%s\"}\n",
        when, now.tv_nsec / 1000000, level_text(level), log_state.process, escaped);
    return n > 0 ? (size_t)n : 0;
}

static size_t
make_line(char out[2 * LINE_MAX_BYTES + 256], unsigned level, const char *text)
{
    char priority[8] = "";
    if (log_state.has_journal) {
        (void)snprintf(priority, sizeof(priority), "<%u>", level);
    }
    const char *kind = level <= CW_LOG_WARNING ? level_text(level) : "";
    int n = snprintf(out, 2 * LINE_MAX_BYTES + 256, "%s%s: %s%s%s\n", priority,
                     log_state.process, kind, kind[0] ? ": " : "", text);
    return n > 0 ? (size_t)n : 0;
}

void
cw_log(unsigned level, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    char line[2 * LINE_MAX_BYTES + 256];
    va_list arguments;
    if (level > log_state.settings.level) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    make_harmless(text);
    size_t n = log_state.settings.is_json ? make_json(line, level, text)
                                          : make_line(line, level, text);
    (void)!write(STDERR_FILENO, line, n);
}
