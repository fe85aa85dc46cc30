/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch, the program: a table of commands.
 */
#define _GNU_SOURCE
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "camwatch/version.h"
#include "command.h"
#include "exit_status.h"
#include "large_pages.h"

enum { MAX_COMMANDS = 32 };

static void
print_statuses(void)
{
    (void)puts("\nExit status:");
#define CW_X(s, v, t) (void)printf("  %d  %s\n", v, t);
    CW_EXIT_STATUSES(CW_X)
#undef CW_X
}

static void
print_commands(FILE *out)
{
    (void)fputs(
        "camwatch finds surveillance devices in network traffic and says where they phone "
        "home.\n\nusage: camwatch COMMAND [OPTION...] [OPERAND...]\n\n",
        out);
    for (const struct cw_command *const *c = cw_commands; *c; c++) {
        (void)fprintf(out, "  %-9s  %s\n", (*c)->name, (*c)->summary);
    }
    (void)fputs(
        "\n'camwatch help COMMAND' tells all about a command; 'camwatch --version' what this "
        "is.\n",
        out);
}

static const struct cw_command *
find(const char *name)
{
    for (const struct cw_command *const *c = cw_commands; *c; c++) {
        if (strcmp((*c)->name, name) == 0) {
            return *c;
        }
    }
    return NULL;
}

static int
refuse(const char *name)
{
    const char *names[MAX_COMMANDS + 1] = {NULL};
    for (size_t i = 0; i < MAX_COMMANDS && cw_commands[i]; i++) {
        names[i] = cw_commands[i]->name;
    }
    const char *meant = cw_nearest(name, names);
    (void)fprintf(stderr, "camwatch: no command '%s'%s%s%s ('camwatch help' lists them)\n",
                  name, meant ? ": did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
    return CW_EXIT_USAGE;
}

static int
print_help(const struct cw_command *command)
{
    (void)printf("usage: camwatch %s%s%s%s\n\n%s\n", command->name,
                 command->options ? " [OPTION...]" : "",
                 command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
    if (command->options) {
        (void)puts("");
        cw_options_help(command->options, stdout);
    }
    if (command->more) {
        (void)puts("");
        cw_help_more(command->more, stdout);
    }
    print_statuses();
    return CW_EXIT_OK;
}

static int
run_help(char *const *argv)
{
    if (!argv[0]) {
        print_commands(stdout);
        print_statuses();
        return CW_EXIT_OK;
    }
    const struct cw_command *command = find(argv[0]);
    return command ? print_help(command) : refuse(argv[0]);
}

static int
run(char *const *all)
{
    char *const *argv = all[0] ? all + 1 : all;
    const char *first = argv[0] ? argv[0] : "";
    if (first[0] == '\0') {
        print_commands(stderr);
        return CW_EXIT_USAGE;
    }
    if (strcmp(first, "--version") == 0) {
        (void)puts(camwatch_build_info());
        return CW_EXIT_OK;
    }
    if (strcmp(first, "help") == 0 || strcmp(first, "--help") == 0 ||
        strcmp(first, "-h") == 0) {
        return run_help(argv + 1);
    }
    const struct cw_command *command = find(first);
    if (!command) {
        return refuse(first);
    }
    bool wants_help = argv[1] && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (wants_help) {
        return print_help(command);
    }
    if (command->wants_large_pages) {
        cw_large_pages_wish(all);
    }
    return command->run(argv + 1);
}

int
main(int argc, char **argv)
{
    (void)argc;
    (void)setlocale(LC_CTYPE, "");
    (void)signal(SIGPIPE, SIG_IGN); /* a reader that goes away is an error of write() */
    int status = run(argv);
    if (fflush(stdout) != 0 && status == CW_EXIT_OK) {
        status = CW_EXIT_SETUP;
    }
    return status;
}
