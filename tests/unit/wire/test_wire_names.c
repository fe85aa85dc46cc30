/* SPDX-License-Identifier: Apache-2.0
 *
 * The names that wire signatures claim are names that the project's rules know: an event of a
 * protocol and one of a host name then speak of the same vendor, platform, maker and brand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rules.h"
#include "wire/brand_words.h"
#include "wire/dahua_words.h"
#include "wire/hikvision_words.h"
#include "wire/pppp.h"
#include "wire/tiandy_words.h"
#include "wire/uniview_words.h"

struct fixture {
    struct camwatch_rules *handle;
    const struct cw_rules *rules;
};

static void
print(void *user, bool is_error, const char *text)
{
    (void)user;
    (void)is_error;
    print_error("%s\n", text);
}

static int
load(void **state)
{
    static struct fixture f;
    char folder[512];
    const char *source = getenv("CAMWATCH_SOURCE");
    (void)snprintf(folder, sizeof(folder), "%s/rules", source ? source : ".");
    if (camwatch_rules_load(folder, print, NULL, &f.handle) != CAMWATCH_OK) {
        return -1;
    }
    f.rules = cw_rules_of(f.handle);
    *state = &f;
    return 0;
}

static int
unload(void **state)
{
    struct fixture *f = *state;
    camwatch_rules_free(f->handle);
    return 0;
}

static bool
is(const struct cw_rules *rules, cw_text text, const char *name)
{
    return strcmp(cw_image_text(rules, text), name) == 0;
}

static bool
is_maker(const struct cw_rules *rules, const char *name)
{
    const struct cw_image_maker *makers = cw_image_makers(rules);
    for (uint32_t i = 0; i < cw_image_n_makers(rules); i++) {
        if (is(rules, makers[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Brand or platform, as a row of its own. */
static bool
is_party(const struct cw_rules *rules, const char *name, bool is_platform)
{
    const struct cw_image_party *parties = cw_image_parties(rules);
    for (uint32_t i = 0; i < cw_image_n_parties(rules); i++) {
        if (is(rules, parties[i].name, name) && !parties[i].is_platform == !is_platform) {
            return true;
        }
    }
    return false;
}

/* Whose service a far end is: what a brand's rows say, or a group. */
static bool
is_vendor(const struct cw_rules *rules, const char *name)
{
    const struct cw_image_party *parties = cw_image_parties(rules);
    for (uint32_t i = 0; i < cw_image_n_parties(rules); i++) {
        if (is(rules, parties[i].vendor, name) && !parties[i].is_platform) {
            return true;
        }
    }
    return false;
}

static void
demand(bool is_known, const char *who, const char *what, const char *name)
{
    if (name[0] != '\0' && !is_known) {
        fail_msg("%s claims the %s '%s', which no file of rules/ names", who, what, name);
    }
}

static void
demand_names(const struct cw_rules *rules, const char *who, const char *vendor,
             const char *maker, const char *brand)
{
    demand(is_vendor(rules, vendor), who, "vendor", vendor);
    demand(is_maker(rules, maker), who, "maker", maker);
    demand(is_party(rules, brand, false), who, "brand", brand);
}

static void
signatures_claim_known_names(void **state)
{
    const struct fixture *f = *state;
    for (const struct cw_wire_signature *const *s = cw_wire_table(); *s; s++) {
        demand_names(f->rules, (*s)->name, (*s)->vendor, (*s)->maker, "");
        demand(is_party(f->rules, (*s)->platform, true), (*s)->name, "platform",
               (*s)->platform);
    }
}

static void
words_of_brands_are_known(void **state)
{
    const struct fixture *f = *state;
    size_t n;
    const struct cw_brand *brands = cw_brand_all(&n);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        demand_names(f->rules, brands[i].word, brands[i].vendor, brands[i].maker,
                     brands[i].brand);
    }
}

/* What marks in HTTP and RTSP name is made of these. */
static void
words_of_makers_are_known(void **state)
{
    const struct fixture *f = *state;
    demand_names(f->rules, "marks", CW_DAHUA_GROUP, CW_DAHUA_MAKER, "");
    demand_names(f->rules, "marks", CW_HIKVISION_GROUP, CW_HIKVISION_MAKER, "");
    demand_names(f->rules, "marks", CW_UNIVIEW_VENDOR, CW_UNIVIEW_MAKER, "");
    demand_names(f->rules, "marks", CW_TIANDY_VENDOR, CW_TIANDY_MAKER, "");
}

/* A brand has a row; an application is no brand, and a row of its name would make it one. */
static void
forms_of_uids_name_known_brands(void **state)
{
    static const struct {
        const char *text, *name;
        enum cw_pppp_word kind;
    } rows[] = {

#define PREFIX(t, k, n) {t, n, CW_PPPP_##k},
#define APP(t, k, n)    {t, n, CW_PPPP_##k},
#include "wire/pppp_brands.def"
#undef PREFIX
#undef APP
    };
    const struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_brand = is_party(f->rules, rows[i].name, false);
        bool is_platform = is_party(f->rules, rows[i].name, true);
        if (rows[i].kind == CW_PPPP_BRAND) {
            demand(is_brand, rows[i].text, "brand", rows[i].name);
        } else if (rows[i].kind == CW_PPPP_PLATFORM) {
            demand(is_platform, rows[i].text, "platform", rows[i].name);
        } else if (is_brand || is_platform) {
            fail_msg("%s: rules/ knows '%s' by now", rows[i].text, rows[i].name);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_claim_known_names),
        cmocka_unit_test(words_of_brands_are_known),
        cmocka_unit_test(words_of_makers_are_known),
        cmocka_unit_test(forms_of_uids_name_known_brands),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
