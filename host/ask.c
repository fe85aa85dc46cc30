/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch status, devices, alerts, counters: questions to a running camwatch (control.h), shown as a
 * table, as CSV or as JSON.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "command.h"
#include "control.h"
#include "csv_line.h"
#include "exit_status.h"
#include "json.h"
#include "table.h"
#include "text.h"

enum {
    MAX_CELLS = CW_TABLE_COLUMNS,
    WIDE = 120 /* columns of a terminal for all of a table */
};

struct ask {
    const char *run_dir;
    bool is_json, is_csv, has_no_colour;
};

#define AT(member) offsetof(struct ask, member)

static const struct cw_option options[] = {
    {"json", NULL, "one JSON object a line", cw_set_true, AT(is_json)},
    {"csv", NULL, "RFC 4180", cw_set_true, AT(is_csv)},
    {"no-color", NULL, "no colours", cw_set_true, AT(has_no_colour)},
    {"run-dir", "FOLDER", "that of the running camwatch; default /run/camwatch", cw_set_text,
     AT(run_dir)},
    CW_OPTION_END,
};

static int
connect_to(const char *run_dir)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len =
        snprintf(address.sun_path, sizeof(address.sun_path), "%s/" CW_CONTROL_SOCKET, run_dir);
    if (len < 0 || (size_t)len >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        int why = errno;
        (void)close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static bool
ask(const char *run_dir, const char *question, struct cw_buffer *answer)
{
    char line[64], part[4096];
    ssize_t n;
    int fd = connect_to(run_dir);
    if (fd < 0) {
        (void)fprintf(stderr,
                      "camwatch %s: %s/" CW_CONTROL_SOCKET
                      ": %s: does 'camwatch live' run, and are you its user or root?\n",
                      question, run_dir, strerror(errno));
        return false;
    }
    int len = snprintf(line, sizeof(line), "%s\n", question);
    if (send(fd, line, (size_t)len, MSG_NOSIGNAL) == len) {
        while ((n = read(fd, part, sizeof(part))) > 0) {
            cw_buffer_add(answer, part, (size_t)n);
        }
    }
    (void)close(fd);
    if (answer->len == 0 || answer->text[answer->len - 1] != '\n') {
        (void)fprintf(stderr, "camwatch %s: the answer is cut\n", question);
        return false;
    }
    return true;
}

/* Cut a line into its cells, in place. @return where the next line begins */
static char *
split(char *line, const char *cells[MAX_CELLS], size_t *n)
{
    char *end = strchr(line, '\n');
    *end = '\0';
    *n = 0;
    while (line && *n < MAX_CELLS) {
        cells[(*n)++] = line;
        line = strchr(line, '\t');
        if (line) {
            *line++ = '\0';
        }
    }
    return end + 1;
}

static void
put_json(const char *const *titles, const char *const *cells, size_t n)
{
    struct cw_json json = {.out = stdout, .is_one_line = true};
    cw_json_begin(&json, NULL, '{');
    for (size_t i = 0; i < n; i++) {
        cw_json_text(&json, titles[i], cells[i]);
    }
    cw_json_end(&json, '}');
    (void)putchar('\n');
}

static void
put_csv(const char *const *cells, size_t n)
{
    struct cw_csv_line line = {.out = stdout};
    for (size_t i = 0; i < n; i++) {
        cw_csv_text(&line, cells[i]);
    }
    cw_csv_end(&line);
}

/* How a column behaves in a table; CSV and JSON have every column whole. */
static const struct look {
    const char *title;
    unsigned least; /* as in struct cw_column */
    bool is_right;
    bool is_wide; /* only where there is room */
} looks[] = {
    {"id", 12, false, true},      {"address", 15, false, false}, {"brand", 7, false, false},
    {"maker", 10, false, true},   {"model", 8, false, false},    {"confidence", 0, true, true},
    {"severity", 0, true, false}, {"rule", 12, false, false},    {"device", 12, false, true},
    {"asset", 8, false, true},    {"list", 0, false, false},     {"message", 20, false, false},
    {"kind", 7, false, false},    {"value", 12, false, false},
};

static struct look
look_of(const char *title)
{
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        if (strcmp(looks[i].title, title) == 0) {
            return looks[i];
        }
    }
    return (struct look){.title = title};
}

/* "2026-03-02T09:02:11.177500000Z": to the second is enough for a table. */
static void
show_cell(struct cw_buffer *out, const char *title, const char *text, bool is_utf8)
{
    bool is_time = strcmp(title, "time") == 0 && strlen(text) > 19 && text[10] == 'T';
    if (is_time) {
        cw_buffer_print(out, "%.10s %.8s", text, text + 11);
    } else {
        cw_buffer_show(out, text, is_utf8);
    }
}

static void
add_row(struct cw_table *table, const struct cw_term *term, const char *const *titles,
        const char *const *cells, size_t n)
{
    cw_table_row(table);
    for (size_t i = 0; i < n; i++) {
        struct cw_buffer shown = {.text = NULL};
        if (term->width >= WIDE || !look_of(titles[i]).is_wide) {
            show_cell(&shown, titles[i], cells[i], term->is_utf8);
        }
        cw_table_cell(table, cw_buffer_text(&shown), CW_STYLE_PLAIN);
        cw_buffer_free(&shown);
    }
}

static void
write_table(const struct cw_table *table, const struct cw_term *term)
{
    if (cw_table_rows(table) > 0) {
        cw_table_write(table, term, 0);
    } else {
        (void)fputs("none so far\n", term->out);
    }
}

static void
show(const struct ask *a, char *text)
{
    const char *titles[MAX_CELLS], *cells[MAX_CELLS];
    struct cw_column columns[MAX_CELLS + 1] = {{.title = NULL}};
    struct cw_term term = cw_term_of(stdout, a->has_no_colour);
    size_t n, n_cells;
    char *line = split(text, titles, &n);
    for (size_t i = 0; i < n; i++) {
        const struct look look = look_of(titles[i]);
        columns[i] = (struct cw_column){
            .title = titles[i], .is_right = look.is_right, .least = look.least};
    }
    struct cw_table *table = cw_table_new(columns);
    if (a->is_csv) {
        put_csv(titles, n);
    }
    while (*line != '\0') {
        line = split(line, cells, &n_cells);
        if (n_cells != n) {
            continue;
        }
        if (a->is_json) {
            put_json(titles, cells, n);
        } else if (a->is_csv) {
            put_csv(cells, n);
        } else {
            add_row(table, &term, titles, cells, n);
        }
    }
    if (!a->is_json && !a->is_csv) {
        write_table(table, &term);
    }
    cw_table_free(table);
}

static int
run_ask(const struct cw_command *command, char *const *argv)
{
    struct ask a = {.run_dir = "/run/camwatch"};
    struct cw_texts operands = {.n = 0};
    struct camwatch_error error = {""};
    struct cw_buffer answer = {.text = NULL};
    bool is_good = cw_options_read(options, argv, &a, &operands, &error);
    if (is_good && (operands.n > 0 || (a.is_json && a.is_csv))) {
        (void)snprintf(error.text, sizeof(error.text),
                       "no operands, and one of --json and --csv");
        is_good = false;
    }
    cw_texts_free(&operands);
    if (!is_good) {
        return cw_command_usage(command, error.text);
    }
    bool is_answered = ask(a.run_dir, command->name, &answer);
    if (is_answered) {
        show(&a, answer.text);
    }
    cw_buffer_free(&answer);
    return is_answered ? CW_EXIT_OK : CW_EXIT_SETUP;
}

#define QUESTION(symbol, word, text)                                                           \
    static int run_##symbol(char *const *argv)                                                 \
    {                                                                                          \
        return run_ask(&cw_command_##symbol, argv);                                            \
    }                                                                                          \
    const struct cw_command cw_command_##symbol = {.name = word,                               \
                                                   .operands = "",                             \
                                                   .summary = text,                            \
                                                   .options = options,                         \
                                                   .run = run_##symbol}

QUESTION(status, "status", "of a running camwatch: what it watches, how much it sees");
QUESTION(devices, "devices", "of a running camwatch: the devices that it knows");
QUESTION(alerts, "alerts", "of a running camwatch: its latest alerts");
QUESTION(counters, "counters",
         "of a running camwatch: frames, drops with their reasons, events, outputs");
