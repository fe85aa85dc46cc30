/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

int
fixture_make(void **state)
{
    static const char *const folders[] = {"vendors", "platforms", "lists", "policies"};
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    (void)snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/camwatch-rules-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    for (size_t i = 0; i < 4; i++) {
        char path[128];
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    *state = fixture;
    return 0;
}

int
fixture_remove(void **state)
{
    struct fixture *fixture = *state;
    int status = nftw(fixture->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(fixture);
    return status;
}

void
fixture_write_bytes(struct fixture *fixture, const char *name, const void *bytes, size_t len)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

void
fixture_write(struct fixture *fixture, const char *name, const char *text)
{
    fixture_write_bytes(fixture, name, text, strlen(text));
}

static void
collect(void *user, bool is_error, const char *text)
{
    struct fixture *fixture = user;
    assert_true(is_error);
    assert_true(fixture->n_messages < FIXTURE_MESSAGES);
    (void)snprintf(fixture->messages[fixture->n_messages++], sizeof(fixture->messages[0]), "%s",
                   text);
}

int
fixture_load(struct fixture *fixture, struct camwatch_rules **out)
{
    fixture->n_messages = 0;
    return camwatch_rules_load(fixture->folder, collect, fixture, out);
}

struct camwatch_rules *
fixture_need(struct fixture *fixture)
{
    struct camwatch_rules *rules = NULL;
    int status = fixture_load(fixture, &rules);
    if (status != CAMWATCH_OK) {
        print_error("%s\n", fixture->n_messages ? fixture->messages[0] : "no message");
    }
    assert_int_equal(status, CAMWATCH_OK);
    assert_int_equal(fixture->n_messages, 0);
    return rules;
}

static void
demand_failure(struct fixture *fixture)
{
    struct camwatch_rules *rules = NULL;
    assert_int_equal(fixture_load(fixture, &rules), CAMWATCH_ERULES);
    assert_null(rules);
    assert_int_not_equal(fixture->n_messages, 0);
}

void
fixture_fails(struct fixture *fixture, const char *message)
{
    demand_failure(fixture);
    assert_string_equal(fixture->messages[0], message);
    assert_int_equal(fixture->n_messages, 1);
}

void
fixture_fails_like(struct fixture *fixture, const char *start)
{
    demand_failure(fixture);
    for (size_t i = 0; i < fixture->n_messages; i++) {
        if (strncmp(fixture->messages[i], start, strlen(start)) == 0) {
            return;
        }
    }
    for (size_t i = 0; i < fixture->n_messages; i++) {
        print_error("got: %s\n", fixture->messages[i]);
    }
    fail_msg("no message starts with: %s", start);
}

void
fixture_vendor(struct fixture *fixture, const char *lines)
{
    char text[4096];
    (void)snprintf(text, sizeof(text), "brand: Acme\n%s", lines);
    fixture_write(fixture, "vendors/acme.yaml", text);
}
