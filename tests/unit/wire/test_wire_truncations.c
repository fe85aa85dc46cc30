/* SPDX-License-Identifier: Apache-2.0
 *
 * Every message of the golden captures, which hold each form of each signature, at every length: in
 * memory that ends where the message does, as a shorter message and as one that the snap length cut.
 * What a cut message says of a device is what the whole one says, or nothing: never half a serial.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire_walk.h"

enum { LONGEST = 1600, SIGNATURES = 128 };

struct tally {
    unsigned seen[SIGNATURES]; /* messages cut, by signature */
    unsigned n_messages;
};

static unsigned
index_of(const struct cw_wire_signature *s)
{
    unsigned i = 0;
    while (cw_wire_table()[i] != s) {
        i++;
    }
    assert_true(i < SIGNATURES);
    return i;
}

static bool
try_at(const struct cw_wire_signature *s, struct cw_wire_input in, uint32_t wire_len,
       struct cw_wire_match *out)
{
    uint8_t *copy = malloc(in.bytes.len);
    assert_non_null(copy);
    memcpy(copy, in.bytes.ptr, in.bytes.len);
    in.bytes.ptr = copy;
    in.wire_len = wire_len;
    memset(out, 0, sizeof(*out));
    out->is_evidence = true;
    bool matched = wire_len >= s->least && s->test(&in, out);
    free(copy);
    return matched;
}

/* Half a text; another text in the place of a better one is none. */
static void
demand_whole(const struct cw_wire_signature *s, size_t at, const char *cut, const char *whole)
{
    size_t n = strlen(cut);
    if (n > 0 && n < strlen(whole) && strncmp(cut, whole, n) == 0) {
        fail_msg("%s cut at %zu says '%s', which is '%s'", s->name, at, cut, whole);
    }
}

static void
demand_same(const struct cw_wire_signature *s, size_t at, const struct cw_wire_match *cut,
            const struct cw_wire_match *whole)
{
    const struct cw_identity *a = &cut->identity, *b = &whole->identity;
    demand_whole(s, at, a->uid, b->uid);
    demand_whole(s, at, a->serial, b->serial);
    demand_whole(s, at, a->model, b->model);
    demand_whole(s, at, a->firmware, b->firmware);
    demand_whole(s, at, a->name, b->name);
}

static void
cut_message(void *cookie, const struct walk_hit *hit)
{
    struct tally *tally = cookie;
    const struct cw_wire_signature *s = hit->result ? hit->result->signature : NULL;
    struct cw_wire_input in = *hit->in;
    if (!s || in.bytes.len > LONGEST) {
        return;
    }
    struct cw_bytes whole = in.bytes;
    uint32_t wire_len = in.wire_len;
    for (size_t n = 1; n < whole.len; n++) {
        struct cw_wire_match out;
        in.bytes = cw_bytes_head(whole, n);
        bool is_shorter = try_at(s, in, (uint32_t)n, &out);
        if (is_shorter && in.transport == CW_WIRE_TCP) { /* the rest is in the next segment */
            demand_same(s, n, &out, &hit->result->match);
        }
        if (try_at(s, in, wire_len, &out)) {
            demand_same(s, n, &out, &hit->result->match);
        }
    }
    tally->seen[index_of(s)]++;
    tally->n_messages++;
}

static void
golden_messages_at_every_length(void **state)
{
    char folder[512], path[1024];
    struct tally tally = {.n_messages = 0};
    const char *source = getenv("CAMWATCH_SOURCE");
    (void)state;
    (void)snprintf(folder, sizeof(folder), "%s/tests/golden", source ? source : ".");
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (strstr(entry->d_name, ".pcap")) {
            (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
            assert_true(walk_payloads(path, true, cut_message, &tally) >= 0);
        }
    }
    assert_int_equal(closedir(dir), 0);
    for (unsigned i = 0; cw_wire_table()[i]; i++) {
        if (tally.seen[i] == 0) {
            fail_msg("no golden message of %s", cw_wire_table()[i]->name);
        }
    }
    print_message("%u messages at every length\n", tally.n_messages);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_at_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
