/* SPDX-License-Identifier: Apache-2.0
 *
 * Nodes of YAML into the draft, by tables of keywords: each mapping is a table of {key, required,
 * parser, place in the struct}. A parser reports what is wrong itself and leaves its target alone.
 */
#ifndef CW_RULES_CHECK_H
#define CW_RULES_CHECK_H

#include "rules/draft.h"
#include "rules/read.h"

typedef void (*cw_rules_parse_fn)(struct cw_rules_draft *draft, const struct cw_yaml *node,
                                  void *into);

struct cw_rules_key {
    const char *name;
    cw_rules_parse_fn parse;
    size_t offset; /* of the target in the struct */
    bool is_required;
};

#define CW_RULES_N(array) (sizeof(array) / sizeof(*(array)))

/** Parse a mapping into a struct. Unknown and missing keys are errors, as is anything but a
 *  mapping.
 *  @param what  "a domain", "an owner": how messages call it */
void cw_rules_check_map(struct cw_rules_draft *draft, const struct cw_yaml *node,
                        const char *what, const struct cw_rules_key *keys, size_t n_keys,
                        void *into);

/** Call parse for each item of a list; anything but a list is an error. */
void cw_rules_check_list(struct cw_rules_draft *draft, const struct cw_yaml *node,
                         cw_rules_parse_fn parse, void *into);

/** The text of a scalar, or NULL and an error for lists, mappings and empty or unprintable text. */
const char *cw_rules_check_scalar(struct cw_rules_draft *draft, const struct cw_yaml *node);

/* A closed vocabulary: the values from first on may be written. */
struct cw_rules_term {
    const char *what;
    const char *const *texts;
    unsigned first;
    unsigned n;
};

/** Index of a word, or -1 and an error that lists what is allowed. */
int cw_rules_check_term(struct cw_rules_draft *draft, const struct cw_yaml *node,
                        const struct cw_rules_term *term);

extern const struct cw_rules_term cw_rules_event_kinds;

/** Vocabulary of a field of events, or NULL where it is open. */
const struct cw_rules_term *cw_rules_term_of(unsigned field);

/* Parsers of one value; the target's type is behind the arrow. */
void cw_rules_parse_text(struct cw_rules_draft *, const struct cw_yaml *,
                         void *); /* const char ** */
void cw_rules_parse_url(struct cw_rules_draft *, const struct cw_yaml *,
                        void *); /* const char ** */
void cw_rules_parse_name(struct cw_rules_draft *, const struct cw_yaml *, void *); /* a-z0-9- */
void cw_rules_parse_country(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_flag(struct cw_rules_draft *, const struct cw_yaml *, void *); /* uint8_t */
void cw_rules_parse_date(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_role(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_side(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_device_kind(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_confidence(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_mac_kind(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_devices(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_maker_confidence(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_status(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_list_kind(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_severity(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_bytes(struct cw_rules_draft *, const struct cw_yaml *,
                          void *); /* uint64_t */
void cw_rules_parse_duration(struct cw_rules_draft *, const struct cw_yaml *, void *); /* ns */
void cw_rules_parse_count(struct cw_rules_draft *, const struct cw_yaml *,
                          void *); /* uint32_t */

/* Parsers of a pattern into struct cw_draft_row. */
void cw_rules_parse_suffix(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_network(struct cw_rules_draft *, const struct cw_yaml *, void *);
void cw_rules_parse_mac(struct cw_rules_draft *, const struct cw_yaml *, void *);

/** Texts of list kinds, by struct cw_draft_list.kind. */
const char *cw_rules_list_kind_text(unsigned kind);

/** since is not after until, where both are given. */
void cw_rules_check_span(struct cw_rules_draft *draft, struct cw_rules_place at,
                         const struct cw_rules_date *since, const struct cw_rules_date *until);

/* Whole documents. */
void cw_rules_check_vendor(struct cw_rules_draft *draft, const struct cw_yaml *document);
void cw_rules_check_platform(struct cw_rules_draft *draft, const struct cw_yaml *document);
void cw_rules_check_makers(struct cw_rules_draft *draft, const struct cw_yaml *document);
void cw_rules_check_listing(struct cw_rules_draft *draft, const struct cw_yaml *document);
void cw_rules_check_policy(struct cw_rules_draft *draft, const struct cw_yaml *document);

/** References between files: makers exist, entities are known, nothing is claimed by two. */
void cw_rules_resolve(struct cw_rules_draft *draft);

#endif
