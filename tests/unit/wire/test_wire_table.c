/* SPDX-License-Identifier: Apache-2.0
 *
 * Every row of the table of signatures is sane by itself and beside the others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "wire/wire.h"

enum {
    BITS_LEAST = 24,
    PUBLISHED_CLASS_ONE_BITS = 64,
    LEAST_MOST = 1537 /* C0 and C1 of RTMP */
};

#define EACH(s)                                                                                \
    const struct cw_wire_signature *const *s = cw_wire_table();                                \
    *s;                                                                                        \
    s++

static void
names_are_unique_words(void **state)
{
    (void)state;
    for (EACH(s)) {
        assert_true((*s)->name[0] != '\0');
        for (const char *c = (*s)->name; *c; c++) {
            assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '-');
        }
        for (const struct cw_wire_signature *const *other = s + 1; *other; other++) {
            assert_string_not_equal((*s)->name, (*other)->name);
        }
    }
}

static void
texts_are_there(void **state)
{
    (void)state;
    for (EACH(s)) {
        assert_non_null((*s)->vendor);
        assert_non_null((*s)->platform);
        assert_non_null((*s)->maker);
        assert_non_null((*s)->source);
        assert_true((*s)->source[0] != '\0');
        assert_non_null((*s)->test);
    }
}

/* corrections.md, "Confirmation classes": one message wants 64 bits; nothing under 24 is more than
 * a hint. */
static void
strength_fits_the_class(void **state)
{
    (void)state;
    for (EACH(s)) {
        bool names_somebody = (*s)->vendor[0] || (*s)->platform[0];
        assert_true((*s)->class <= CW_WIRE_THREE_BOTH);
        if (names_somebody && !(*s)->is_experimental && (*s)->bits < BITS_LEAST) {
            fail_msg("%s: %u bits", (*s)->name, (unsigned)(*s)->bits);
        }
        if (names_somebody && (*s)->class == CW_WIRE_ONE &&
            (*s)->bits < PUBLISHED_CLASS_ONE_BITS) {
            fail_msg("%s: one message of %u bits", (*s)->name, (unsigned)(*s)->bits);
        }
    }
}

/* ONVIF is the standard of such devices, whoever makes them; the marks name their vendor in the match. */
static bool
is_of_all_makers(const char *name)
{
    return strcmp(name, "onvif-discovery") == 0 || strcmp(name, "onvif-service") == 0 ||
           strcmp(name, "http-camera") == 0;
}

static void
who_proves_a_device_names_somebody(void **state)
{
    (void)state;
    for (EACH(s)) {
        bool names_somebody = (*s)->vendor[0] || (*s)->platform[0] || (*s)->maker[0];
        if ((*s)->proves_device && !names_somebody && !is_of_all_makers((*s)->name)) {
            fail_msg("%s proves a device of nobody", (*s)->name);
        }
        assert_true(!(*s)->is_off || (*s)->is_experimental);
        assert_true((*s)->kind < CAMWATCH_N_DEVICE_KINDS);
    }
}

static void
lengths_first_bytes_and_transports_agree(void **state)
{
    (void)state;
    for (EACH(s)) {
        assert_true((*s)->transports != 0 && (*s)->transports < 8);
        if ((*s)->least == 0 || (*s)->least > LEAST_MOST) {
            fail_msg("%s: least %u", (*s)->name, (unsigned)(*s)->least);
        }
        assert_true(((*s)->first != NULL) == ((*s)->n_first > 0));
        assert_true(!((*s)->transports & CW_WIRE_ETHER) == ((*s)->ethertype == 0));
        for (unsigned i = 1; i < (*s)->n_first; i++) {
            assert_null(memchr((*s)->first, (*s)->first[i], i));
        }
    }
}

/* Least lengths where a source publishes one. */
static void
least_is_no_more_than_published(void **state)
{
    static const struct {
        const char *name;
        uint16_t published;
    } rows[] = {
        {"dahua-dhip", 33},           /* protocols_seed_vendors.md 1.3: the header and '{' */
        {"dahua-dvrip", 32},          /* 1.1 */
        {"dahua-discovery", 32},      /* 1.2: the request */
        {"dahua-p2p", 28},            /* 1.4: "DHGET /probe/p2psrv HTTP/1.1" */
        {"dahua-stun", 44},           /* 1.5 */
        {"dahua-ptcp", 24},           /* 1.6 */
        {"hikvision-sadp", 60},       /* 2.1 */
        {"hikvision-sadp-ether", 38}, /* 2.2 */
        {"hikvision-sdk", 16},        /* 2.3 */
        {"ezviz-lbs", 20},            /* 2.7 */
        {"ezviz-stun", 32},           /* 2.8 */
        {"stun", 20},                 /* RFC 8489 5 */
        {"turn", 20},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_found = false;
        for (EACH(s)) {
            if (strcmp((*s)->name, rows[i].name) == 0) {
                is_found = true;
                if ((*s)->least > rows[i].published) {
                    fail_msg("%s: least %u", (*s)->name, (unsigned)(*s)->least);
                }
            }
        }
        if (!is_found) {
            fail_msg("no signature %s", rows[i].name);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique_words),
        cmocka_unit_test(texts_are_there),
        cmocka_unit_test(strength_fits_the_class),
        cmocka_unit_test(who_proves_a_device_names_somebody),
        cmocka_unit_test(lengths_first_bytes_and_transports_agree),
        cmocka_unit_test(least_is_no_more_than_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
