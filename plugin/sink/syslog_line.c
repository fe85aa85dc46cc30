/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/syslog_line.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SD_ID        "camwatch@32473"
#define BOM          "\xEF\xBB\xBF"
#define HOSTNAME_MAX 255
#define VALUE_MAX    160 /* of one parameter, before escaping */
#define TIME_LEN     26  /* 2026-03-02T09:02:11.123456: RFC 5424 6.2.3 has six digits at most */

struct line {
    char *out;
    size_t used;
};

static const enum camwatch_field params[] = {
    CAMWATCH_FIELD_EVENT_ID,      CAMWATCH_FIELD_RULE_ID,      CAMWATCH_FIELD_DEVICE_ID,
    CAMWATCH_FIELD_DEVICE_BRAND,  CAMWATCH_FIELD_DEVICE_MAKER, CAMWATCH_FIELD_SOURCE_IP,
    CAMWATCH_FIELD_DESTINATION_IP};

static void
add(struct line *line, const char *text, size_t len)
{
    size_t room = CW_SYSLOG_LINE_MAX - line->used;
    size_t n = len < room ? len : room;
    memcpy(line->out + line->used, text, n);
    line->used += n;
}

static void
add_text(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

/* PRINTUSASCII; what else there is becomes '-', nothing is "-". */
static void
add_name(struct line *line, const char *text, size_t max)
{
    size_t n = 0;
    for (; text[n] != '\0' && n < max; n++) {
        add(line, text[n] > 32 && text[n] < 127 ? &text[n] : "-", 1);
    }
    if (n == 0) {
        add(line, "-", 1);
    }
}

static void
add_time(struct line *line, const char *time)
{
    if (strlen(time) < TIME_LEN) {
        add_text(line, "-");
        return;
    }
    add(line, time, TIME_LEN);
    add_text(line, "Z");
}

/* Whole characters of valid UTF-8, without controls (RFC 5424 6.3.3 and 6.4). */
static void
add_value(struct line *line, const char *text, size_t max, bool escapes)
{
    struct cw_bytes rest = cw_bytes_text(text);
    for (size_t n; (n = cw_text_utf8_length(rest)) > 0 && n <= max; max -= n) {
        bool is_special = n == 1 && strchr("\"\\]", rest.ptr[0]) != NULL;
        bool is_control = n == 1 && (rest.ptr[0] < 32 || rest.ptr[0] == 127);
        if (line->used + n + 1 > CW_SYSLOG_LINE_MAX) {
            return;
        }
        if (escapes && is_special) {
            add(line, "\\", 1);
        }
        add(line, is_control ? "?" : (const char *)rest.ptr, n);
        rest = (struct cw_bytes){rest.ptr + n, rest.len - n};
    }
}

static void
add_params(struct line *line, const struct camwatch_event *event)
{
    add_text(line, "[" SD_ID);
    for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
        const char *value = camwatch_event_text(event, params[i]);
        if (value[0] != '\0') {
            add_text(line, " ");
            add_text(line, camwatch_field_info(params[i])->name);
            add_text(line, "=\"");
            add_value(line, value, VALUE_MAX, true);
            add_text(line, "\"");
        }
    }
    add_text(line, "]");
}

static unsigned
severity_of(const struct camwatch_event *event)
{
    static const unsigned severities[] = {5, 5, 4, 3, 2}; /* RFC 5424 6.2.1 */
    uint64_t ours = camwatch_event_number(event, CAMWATCH_FIELD_EVENT_SEVERITY);
    return severities[ours <= 4 ? ours : 4];
}

size_t
cw_syslog_line(const struct camwatch_event *event, unsigned facility,
               char out[CW_SYSLOG_LINE_MAX])
{
    struct line line = {.out = out};
    char priority[16];
    (void)snprintf(priority, sizeof(priority), "<%u>1 ", facility * 8 + severity_of(event));
    add_text(&line, priority);
    add_time(&line, camwatch_event_text(event, CAMWATCH_FIELD_TIMESTAMP));
    add_text(&line, " ");
    add_name(&line, camwatch_event_text(event, CAMWATCH_FIELD_OBSERVER_NAME), HOSTNAME_MAX);
    add_text(&line, " camwatch - ");
    add_name(&line, camwatch_event_text(event, CAMWATCH_FIELD_EVENT_ACTION), 32);
    add_text(&line, " ");
    add_params(&line, event);
    add_text(&line, " " BOM);
    add_value(&line, camwatch_event_text(event, CAMWATCH_FIELD_MESSAGE), CW_SYSLOG_LINE_MAX,
              false);
    return line.used;
}
