/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "metrics.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "camwatch/version.h"
#include "metrics_list.h"

/* clang-format off */
#define CW_X(symbol, name, type, help, labels) symbol,
enum labelled { CW_METRICS_LABELLED(CW_X) };
#undef CW_X

/* clang-format on */

static void
put_head(struct cw_buffer *out, const char *name, const char *type, const char *help)
{
    cw_buffer_print(out, "# HELP camwatch_%s %s\n# TYPE camwatch_%s %s\n", name, help, name,
                    type);
}

/* @return its name */
static const char *
put_labelled_head(struct cw_buffer *out, enum labelled which)
{
#define CW_X(symbol, name, type, help, labels) {name, type, help},

    static const struct {
        const char *name, *type, *help;
    } rows[] = {CW_METRICS_LABELLED(CW_X)};

#undef CW_X
    put_head(out, rows[which].name, rows[which].type, rows[which].help);
    return rows[which].name;
}

/* As the format asks: backslash, quote and line feed. */
static void
put_value(struct cw_buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            cw_buffer_add(out, "\\n", 2);
        } else {
            cw_buffer_add(out, "\\", *text == '"' || *text == '\\');
            cw_buffer_add(out, text, 1);
        }
    }
}

static void
put_info(struct cw_buffer *out, const struct cw_metrics *m)
{
    cw_buffer_print(out, "camwatch_%s{version=\"", put_labelled_head(out, INFO));
    put_value(out, camwatch_version());
    cw_buffer_print(out, "\",sensor=\"");
    put_value(out, m->sensor);
    cw_buffer_print(out, "\"} 1\n");
}

/* "reason=count,..." names those above 0. */
static uint64_t
drops_of(const char *drops, const char *reason)
{
    size_t len = strlen(reason);
    while (*drops != '\0') {
        if (strncmp(drops, reason, len) == 0 && drops[len] == '=') {
            return strtoull(drops + len + 1, NULL, 10);
        }
        drops += strcspn(drops, ",");
        drops += *drops == ',';
    }
    return 0;
}

/* Each reason from the start, so that a rate is right when it rises for the first time. */
static void
put_drops(struct cw_buffer *out, const char *drops)
{
    const char *name = put_labelled_head(out, DROPS);
    for (unsigned i = 1; i < CAMWATCH_N_DROPS; i++) {
        const char *reason = camwatch_drop_text(i);
        cw_buffer_print(out, "camwatch_%s{reason=\"%s\"} %" PRIu64 "\n", name, reason,
                        drops_of(drops, reason));
    }
}

static void
put_output(struct cw_buffer *out, const char *name, const char *output, const char *result,
           uint64_t n)
{
    cw_buffer_print(out, "camwatch_%s{output=\"", name);
    put_value(out, output);
    cw_buffer_print(out, "\"%s%s%s} %" PRIu64 "\n", result ? ",result=\"" : "",
                    result ? result : "", result ? "\"" : "", n);
}

static void
put_outputs(struct cw_buffer *out, const struct camwatch_publisher *publisher)
{
    struct camwatch_publisher_account account = {.size = sizeof(account)};
    camwatch_publisher_get_account(publisher, &account);
    const char *name = put_labelled_head(out, OUTPUT);
    for (size_t i = 0; i < account.n_sinks; i++) {
        const struct camwatch_sink_account *sink = &account.sinks[i].account;
        put_output(out, name, account.sinks[i].name, "delivered", sink->delivered);
        put_output(out, name, account.sinks[i].name, "refused", sink->refused);
        put_output(out, name, account.sinks[i].name, "lost", sink->lost);
    }
    name = put_labelled_head(out, PENDING);
    for (size_t i = 0; i < account.n_sinks; i++) {
        put_output(out, name, account.sinks[i].name, NULL, account.sinks[i].account.pending);
    }
}

void
cw_metrics_format(const struct cw_metrics *m, struct cw_buffer *out)
{
    const struct cw_recent *r = m->recent;
    const struct cw_recent_stats *s = &r->stats;
#define CW_X(name, type, help, value)                                                          \
    put_head(out, name, type, help);                                                           \
    cw_buffer_print(out, "camwatch_%s %" PRIu64 "\n", name, value);
    CW_METRICS(CW_X)
#undef CW_X
    put_info(out, m);
    put_drops(out, s->drops);
    put_outputs(out, m->publisher);
    cw_buffer_print(out, "camwatch_%s %" PRIu64 "\n", put_labelled_head(out, RESTARTS),
                    m->restarts);
}

bool
cw_metrics_write(const char *path, const struct cw_buffer *text)
{
    char temporary[PATH_MAX];
    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >= sizeof(temporary)) {
        return false;
    }
    FILE *out = fopen(temporary, "we");
    if (!out) {
        return false;
    }
    bool is_good = fwrite(cw_buffer_text(text), 1, text->len, out) == text->len;
    is_good = fclose(out) == 0 && is_good;
    return is_good && rename(temporary, path) == 0;
}
