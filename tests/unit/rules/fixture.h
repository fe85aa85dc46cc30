/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder of rules made by a test, and what loading it says.
 */
#ifndef CW_TESTS_RULES_FIXTURE_H
#define CW_TESTS_RULES_FIXTURE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "camwatch/rules.h"

#define FIXTURE_MESSAGES 64

struct fixture {
    char folder[64];
    size_t n_messages;
    char messages[FIXTURE_MESSAGES][1600];
};

/** cmocka set-up and tear-down: an empty folder with vendors platforms lists policies. */
int fixture_make(void **state);
int fixture_remove(void **state);

/** Write a file of the folder, "vendors/a.yaml". */
void fixture_write(struct fixture *fixture, const char *name, const char *text);
void fixture_write_bytes(struct fixture *fixture, const char *name, const void *bytes,
                         size_t len);

/** Load; messages are collected anew. */
int fixture_load(struct fixture *fixture, struct camwatch_rules **out);

/** Load and demand success. */
struct camwatch_rules *fixture_need(struct fixture *fixture);

/** Load, demand ERULES and exactly this one message. */
void fixture_fails(struct fixture *fixture, const char *message);

/** Load, demand ERULES and a message that starts so. */
void fixture_fails_like(struct fixture *fixture, const char *start);

/** A vendor file with one brand and the given lines below it. */
void fixture_vendor(struct fixture *fixture, const char *lines);

#endif
