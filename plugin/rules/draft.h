/* SPDX-License-Identifier: Apache-2.0
 *
 * What was read from all files, before references are resolved and the image is made. Everything
 * lives in the load's arena. Numbers refer to the vectors here.
 */
#ifndef CW_RULES_DRAFT_H
#define CW_RULES_DRAFT_H

#include "base/addr.h"
#include "model/policy.h"
#include "rules/arena.h"
#include "rules/log.h"

struct cw_rules_date {
    const char *text; /* NULL: not given */
    int32_t day;      /* since 1970-01-01 */
};

/* A brand or a platform: whose a row is. */
struct cw_draft_party {
    const char *name;
    const char *vendor;       /* NULL: the name */
    const char *maker;        /* NULL: not known; after cw_rules_resolve the maker's own name */
    const char *company_name; /* NULL: not given */
    struct cw_rules_place at;
    struct cw_rules_place maker_at;
    struct cw_rules_place company_at;
    uint32_t company; /* after cw_rules_resolve: index + 1 of the maker that it is, or 0 */
    uint8_t is_platform;
    uint8_t is_mixed;
    uint8_t maker_is_likely;
    uint8_t proves_brand;
};

struct cw_draft_row {
    const char *pattern;
    const char *source;
    const char *region; /* NULL: not given, as below */
    const char *registrant;
    struct cw_rules_place at;
    uint32_t party;
    uint32_t id;   /* cw_rules_number gives it */
    uint8_t kind;  /* enum cw_rule_kind */
    uint8_t field; /* banner: enum cw_banner */
    uint8_t role;
    uint8_t side;
    uint8_t confidence;
    uint8_t device_kind;
    uint8_t is_general;
    uint8_t proves_brand;
    struct cw_prefix prefix; /* network; MAC: in the first 6 bytes, bits 24, 28 or 36 */
};

struct cw_draft_owner {
    const char *entity;
    const char *source;
    struct cw_rules_date since;
    struct cw_rules_date until;
    uint32_t
        maker; /* after cw_rules_resolve: index + 1 of the maker that the entity names, or 0 */
    uint8_t is_verified;
};

struct cw_draft_maker {
    const char *name;
    const char *short_name;
    const char *country;
    const char *group;
    const char *source;
    struct cw_rules_place at;
    struct cw_rules_vec owners;  /* struct cw_draft_owner */
    struct cw_rules_vec aliases; /* const char * */
};

struct cw_draft_entry {
    const char *entity;
    const char *source;
    struct cw_rules_date since;
    struct cw_rules_date until;
    struct cw_rules_place at;
    uint32_t
        maker; /* after cw_rules_resolve: index + 1 of the maker that the entity names, or 0 */
    uint8_t is_verified;
};

struct cw_draft_list {
    const char *name;
    const char *title;
    const char *url;
    struct cw_rules_date since;
    struct cw_rules_date verified_on;
    struct cw_rules_place at;
    uint8_t kind;
    struct cw_rules_vec entries; /* struct cw_draft_entry */
};

struct cw_draft_value {
    const char *text;
    uint64_t number;
    struct cw_prefix prefix;
    uint8_t test; /* enum cw_policy_test */
};

struct cw_draft_condition {
    uint32_t first_value;
    uint32_t n_values;
    uint16_t field; /* enum camwatch_field */
    uint8_t is_not;
};

struct cw_draft_match {
    uint32_t first; /* of draft.conditions */
    uint32_t n;
    uint32_t kinds; /* bit 1u << enum camwatch_event_kind */
};

struct cw_draft_allow {
    const char *reason;
    const char *author;
    struct cw_rules_date until;
    struct cw_rules_place at;
    struct cw_draft_match match;
};

struct cw_draft_threshold {
    uint64_t bytes;
    uint32_t events;
    int64_t within_ns;
};

struct cw_draft_policy {
    const char *name;
    const char *title;
    const char *reference;
    struct cw_rules_place at;
    struct cw_draft_match match;
    struct cw_draft_threshold threshold;
    struct cw_rules_vec key;    /* uint16_t, enum camwatch_field */
    struct cw_rules_vec allows; /* struct cw_draft_allow */
    int64_t rearm_ns;
    int64_t learning_ns;
    uint32_t id; /* cw_rules_number gives it */
    uint8_t severity;
};

struct cw_rules_draft {
    struct cw_rules_arena arena;
    struct cw_rules_log log;
    uint32_t n_files;
    uint64_t content;               /* hash over names and contents of all files */
    struct cw_rules_vec parties;    /* struct cw_draft_party */
    struct cw_rules_vec rows;       /* struct cw_draft_row */
    struct cw_rules_vec makers;     /* struct cw_draft_maker */
    struct cw_rules_vec lists;      /* struct cw_draft_list */
    struct cw_rules_vec policies;   /* struct cw_draft_policy */
    struct cw_rules_vec conditions; /* struct cw_draft_condition */
    struct cw_rules_vec values;     /* struct cw_draft_value */
};

/* Each item of a vector, which does not grow meanwhile. */
#define CW_VEC_EACH(type, item, vec)                                                           \
    for (type *item = (vec)->items; item != NULL && item < (type *)(vec)->items + (vec)->n;    \
         item++)

#endif
