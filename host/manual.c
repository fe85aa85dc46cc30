/* SPDX-License-Identifier: Apache-2.0
 *
 * Run while building: manual pages (scdoc) and completion out of the tables that help comes from.
 *
 *   cw_manual page < TEMPLATE   lines "@options COMMAND@", "@synopsis COMMAND@", "@settings@",
 *                               "@commands@" and "@exit@" are replaced; "@version@" anywhere
 *   cw_manual completion        for bash
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "camwatch/version.h"
#include "command.h"
#include "exit_status.h"

static const struct cw_command *
command_of(const char *name)
{
    for (const struct cw_command *const *c = cw_commands; *c; c++) {
        if (strcmp((*c)->name, name) == 0) {
            return *c;
        }
    }
    (void)fprintf(stderr, "no command '%s'\n", name);
    exit(1);
}

/* Nothing in it is markup of scdoc. */
static void
put_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\*_", *text)) {
            (void)putchar('\\');
        }
        (void)putchar(*text);
    }
}

/* "*--name* _ARGUMENT_", the words of the argument each on their own. */
static void
put_name(const char *before, const char *name, const char *argument)
{
    (void)printf("*%s", before);
    put_plain(name);
    (void)putchar('*');
    if (argument) {
        (void)fputs(" _", stdout);
        for (; *argument != '\0'; argument++) {
            if (*argument == ' ') {
                (void)fputs("_ _", stdout);
            } else if (*argument != '_') {
                (void)putchar(*argument);
            }
        }
        (void)putchar('_');
    }
}

/* ---- pages ---- */

static void
put_rows(const struct cw_option *options, const char *before, const char *skipped)
{
    for (const struct cw_option *o = options; o && (o->name || o->help); o++) {
        if (!o->name) {
            (void)fputs("## ", stdout);
            put_plain(o->help);
            (void)puts("\n");
        } else if (strcmp(o->name, skipped) != 0) {
            put_name(before, o->name, o->argument);
            (void)fputs("\n\t", stdout);
            put_plain(o->help);
            (void)puts("\n");
        }
    }
}

static void
put_options(const char *name)
{
    put_rows(command_of(name)->options, "--", "");
}

/* The settings file takes every option of live but the one that names it. */
static void
put_settings(const char *unused)
{
    (void)unused;
    put_rows(cw_command_live.options, "", "config");
}

static void
put_synopsis(const char *name)
{
    const struct cw_command *c = command_of(name);
    (void)printf("*camwatch %s*%s%s", name, c->options ? " [_option_...]" : "",
                 c->operands[0] != '\0' ? " " : "");
    put_plain(c->operands);
    (void)puts("\n");
}

static void
put_commands(const char *unused)
{
    (void)unused;
    for (const struct cw_command *const *c = cw_commands; *c; c++) {
        put_name("", (*c)->name, NULL);
        (void)fputs("\n\t", stdout);
        put_plain((*c)->summary);
        (void)puts("\n");
    }
}

static void
put_exit(const char *unused)
{
    (void)unused;
#define CW_X(s, v, t) (void)printf("*%d*\n\t%s\n\n", v, t);
    CW_EXIT_STATUSES(CW_X)
#undef CW_X
}

/* A line "@word argument@". @return false: it is none */
static bool
put_list(char *line)
{
    static const struct {
        const char *word;
        void (*put)(const char *argument);
    } lists[] = {{"options", put_options},
                 {"settings", put_settings},
                 {"synopsis", put_synopsis},
                 {"commands", put_commands},
                 {"exit", put_exit}};

    char *end = line[0] == '@' ? strstr(line + 1, "@\n") : NULL;
    if (!end) {
        return false;
    }
    *end = '\0';
    char *argument = strchr(line, ' ');
    if (argument) {
        *argument++ = '\0';
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(line + 1, lists[i].word) == 0) {
            lists[i].put(argument);
            return true;
        }
    }
    (void)fprintf(stderr, "no list '%s'\n", line + 1);
    exit(1);
}

static void
put_page(void)
{
    static const char version[] = "@version@";
    char line[1024];
    while (fgets(line, sizeof(line), stdin)) {
        char *at = strstr(line, version);
        if (at) {
            (void)printf("%.*s%s%s", (int)(at - line), line, camwatch_version(),
                         at + sizeof(version) - 1);
        } else if (!put_list(line)) {
            (void)fputs(line, stdout);
        }
    }
}

/* ---- completion ---- */

/* "a|b|c" of lower-case words: one of them is meant. */
static bool
is_choice(const char *argument)
{
    return strchr(argument, '|') && islower((unsigned char)argument[0]);
}

/* What to offer behind an option or as an operand, in the words of camwatch.bash. */
static void
put_kind(const char *argument)
{
    if (is_choice(argument)) {
        for (; *argument != '\0'; argument++) {
            (void)putchar(*argument == '|' ? ' ' : *argument);
        }
        return;
    }

    static const struct {
        const char *text, *kind;
    } kinds[] = {{"INTERFACE", "@interface "}, {"FILE", "@file "}, {"FOLDER", "@folder "}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strstr(argument, kinds[i].text)) {
            (void)fputs(kinds[i].kind, stdout);
        }
    }
}

static void
put_arguments(const struct cw_command *c)
{
    for (const struct cw_option *o = c->options; o && (o->name || o->help); o++) {
        if (o->name && o->argument) {
            (void)printf("%s:--%s) echo '", c->name, o->name);
            put_kind(o->argument);
            (void)puts("' ;;");
        }
    }
}

static void
put_words(const struct cw_command *c)
{
    (void)printf("%s) echo '", c->name);
    for (const struct cw_option *o = c->options; o && (o->name || o->help); o++) {
        if (o->name) {
            (void)printf("--%s ", o->name);
        }
    }
    (void)puts("--help' ;;");
}

static void
put_operands(const struct cw_command *c)
{
    (void)printf("%s) echo '", c->name);
    if (strncmp(c->operands, "update|", 7) == 0) {
        (void)fputs("update status", stdout);
    } else if (strstr(c->operands, "COMMAND")) {
        (void)fputs("@command", stdout);
    } else {
        put_kind(c->operands);
    }
    (void)puts("' ;;");
}

static void
put_function(const char *name, const char *subject, void (*put)(const struct cw_command *))
{
    (void)printf("%s() {\ncase %s in\n", name, subject);
    for (const struct cw_command *const *c = cw_commands; *c; c++) {
        put(*c);
    }
    (void)puts("*) return 1 ;;\nesac\n}\n");
}

static void
put_completion(void)
{
    (void)fputs("# Made from the option tables of camwatch.\n_camwatch_commands() {\necho '",
                stdout);
    for (const struct cw_command *const *c = cw_commands; *c; c++) {
        (void)printf("%s ", (*c)->name);
    }
    (void)puts("--version --help'\n}\n");
    put_function("_camwatch_options", "$1", put_words);
    put_function("_camwatch_operands", "$1", put_operands);
    put_function("_camwatch_argument", "$1:$2", put_arguments);
}

int
main(int argc, char **argv)
{
    bool is_page = argc == 2 && strcmp(argv[1], "page") == 0;
    bool is_completion = argc == 2 && strcmp(argv[1], "completion") == 0;
    if (!is_page && !is_completion) {
        (void)fputs("usage: cw_manual page|completion\n", stderr);
        return 2;
    }
    if (is_page) {
        put_page();
    } else {
        put_completion();
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
