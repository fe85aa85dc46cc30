/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "option.h"

struct settings {
    bool is_on, is_off;
    const char *text, *pair[2];
    struct cw_texts list;
    uint32_t number;
    uint64_t bytes;
};

static const struct cw_option table[] = {
    CW_OPTION_HEADING("All of them:"),
    {"on", NULL, "a switch", cw_set_true, offsetof(struct settings, is_on)},
    {"off", NULL, "a switch", cw_set_false, offsetof(struct settings, is_off)},
    {"text", "TEXT", "a text", cw_set_text, offsetof(struct settings, text)},
    {"pair", "A B", "two texts", cw_set_pair, offsetof(struct settings, pair)},
    {"list", "ITEM", "one more", cw_add_text, offsetof(struct settings, list)},
    {"number", "N", "a number", cw_set_number, offsetof(struct settings, number)},
    {"bytes", "BYTES", "a size", cw_set_bytes, offsetof(struct settings, bytes)},
    CW_OPTION_END,
};

static bool
read_line(struct settings *settings, struct cw_texts *operands, struct camwatch_error *error,
          const char *const *argv)
{
    *settings = (struct settings){.is_off = true};
    *operands = (struct cw_texts){.n = 0};
    error->text[0] = '\0';
    return cw_options_read(table, (char *const *)(uintptr_t)argv, settings, operands, error);
}

static void
test_every_kind(void **state)
{
    (void)state;
    struct settings s;
    struct cw_texts operands;
    struct camwatch_error error;
    const char *argv[] = {"first", "--on",   "--off",      "--text=a=b", "--pair", "x",
                          "y",     "--list", "1",          "--list",     "2",      "--number",
                          "42",    "-",      "--bytes=3M", "--",         "--on",   NULL};
    assert_true(read_line(&s, &operands, &error, argv));
    assert_true(s.is_on);
    assert_false(s.is_off);
    assert_string_equal(s.text, "a=b");
    assert_string_equal(s.pair[0], "x");
    assert_string_equal(s.pair[1], "y");
    assert_int_equal(s.list.n, 2);
    assert_string_equal(s.list.items[1], "2");
    assert_null(s.list.items[2]);
    assert_int_equal(s.number, 42);
    assert_int_equal(s.bytes, 3 << 20);
    assert_int_equal(operands.n, 3);
    assert_string_equal(operands.items[1], "-");
    assert_string_equal(operands.items[2], "--on");
    cw_texts_free(&operands);
    cw_texts_free(&s.list);
}

static void
test_errors_say_what_to_do(void **state)
{
    (void)state;

    static const struct {
        const char *argv[4];
        const char *text;
    } rows[] = {
        {{"--txet", "x"}, "did you mean --text?"},
        {{"--numbr=3"}, "did you mean --number?"},
        {{"--zzzzzzzz"}, "unknown option --zzzzzzzz"},
        {{"-x"}, "unknown option --x"},
        {{"--text"}, "--text needs TEXT"},
        {{"--pair", "x"}, "--pair needs A B"},
        {{"--pair=x", "y"}, "two arguments"},
        {{"--on=yes"}, "--on takes no argument"},
        {{"--number", "-1"}, "'-1' is no whole number"},
        {{"--number", "4294967296"}, "is no whole number"},
        {{"--number", "0x10"}, "is no whole number"},
        {{"--number", ""}, "is no whole number"},
        {{"--bytes", "1Q"}, "is no size"},
        {{"--bytes", "1KB"}, "is no size"},
        {{"--bytes", "99999999999T"}, "is no size"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct settings s;
        struct cw_texts operands;
        struct camwatch_error error;
        assert_false(read_line(&s, &operands, &error, rows[i].argv));
        if (!strstr(error.text, rows[i].text)) {
            fail_msg("row %zu: '%s' does not say '%s'", i, error.text, rows[i].text);
        }
        cw_texts_free(&operands);
    }
}

static void
test_help_has_every_option_within_the_line(void **state)
{
    (void)state;
    char text[4096] = "";
    FILE *out = fmemopen(text, sizeof(text), "w");
    cw_options_help(table, out);
    (void)fclose(out);
    assert_memory_equal(text, "All of them:\n  --on ", 20);
    for (const struct cw_option *row = table + 1; row->name; row++) {
        assert_non_null(strstr(text, row->name));
    }
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        assert_true(strcspn(line, "\n") <= 98);
    }
}

/* What is read of a terminal that is 72 columns wide. */
static void
write_on_terminal(void (*write)(FILE *out), char *text, size_t size)
{
    const struct winsize window = {.ws_row = 24, .ws_col = 72};
    size_t len = 0;
    ssize_t n;
    int ours, theirs;
    assert_int_equal(openpty(&ours, &theirs, NULL, NULL, &window), 0);
    FILE *out = fdopen(theirs, "w");
    write(out);
    (void)fclose(out);
    while (len < size - 1 && (n = read(ours, text + len, size - 1 - len)) > 0) {
        len += (size_t)n;
    }
    text[len] = '\0';
    (void)close(ours);
}

static void
write_help(FILE *out)
{
    cw_options_help(table, out);
    cw_help_more("One paragraph that is so long that it does not fit into a line of this "
                 "terminal.\nAnother one.",
                 out);
}

static void
test_help_is_as_wide_as_the_terminal(void **state)
{
    (void)state;
    char text[4096];
    (void)unsetenv("COLUMNS");
    write_on_terminal(write_help, text, sizeof(text));
    for (const struct cw_option *row = table + 1; row->name; row++) {
        assert_non_null(strstr(text, row->name));
    }
    assert_non_null(strstr(text, "\nOne paragraph"));
    assert_non_null(strstr(text, "terminal.\r\nAnother one.\r\n"));
    size_t longest = 0;
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t len = strcspn(line, "\r");
        longest = len > longest ? len : longest;
    }
    assert_in_range(longest, 60, 72);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind),
        cmocka_unit_test(test_help_is_as_wide_as_the_terminal),
        cmocka_unit_test(test_errors_say_what_to_do),
        cmocka_unit_test(test_help_has_every_option_within_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
