/* SPDX-License-Identifier: Apache-2.0
 *
 * One policy of the operator, as the event side judges it. Strings and arrays are borrowed from the
 * rules image and good as long as it is.
 */
#ifndef CW_MODEL_POLICY_H
#define CW_MODEL_POLICY_H

#include <stdint.h>

#include "camwatch/fields.h"
#include "camwatch/terms.h"

enum cw_severity {
    CW_SEVERITY_NONE,
    CW_SEVERITY_LOW,
    CW_SEVERITY_MEDIUM,
    CW_SEVERITY_HIGH,
    CW_SEVERITY_CRITICAL,
};

/* How a value of a condition is held against the text of a field. */
enum cw_policy_test {
    CW_TEST_EQUAL,    /* the same text, without regard to ASCII case; "" is "not known" */
    CW_TEST_ANY,      /* "*": known, whatever it is */
    CW_TEST_BELOW,    /* "*.example.com": the name itself or one below it */
    CW_TEST_PREFIX,   /* "192.0.2.0/24": an address in it */
    CW_TEST_NUMBER,   /* the same number */
    CW_TEST_AT_LEAST, /* ">=80" */
    CW_TEST_AT_MOST,  /* "<=80" */
};

struct cw_policy {
    const char *name;      /* rule.id */
    const char *title;     /* rule.name */
    const char *reference; /* rule.reference: an url, or where the policy stands */
    const char *where;     /* "rules/policies/example.yaml:3" */
    const uint16_t *key;   /* enum camwatch_field; counted and re-armed for each combination */
    uint32_t n_key;
    uint32_t index;
    uint32_t id;               /* stable hash of the name */
    uint32_t kinds;            /* bit 1u << enum camwatch_event_kind */
    uint32_t threshold_events; /* 0: none */
    uint64_t threshold_bytes;  /* 0: none */
    int64_t within_ns;         /* span of the threshold; 0 without one */
    int64_t rearm_ns;          /* no second alert of the same key before */
    int64_t learning_ns;       /* after the first run: one digest instead of alerts */
    uint8_t severity;          /* enum cw_severity */
};

/* A row of a policy's allow list that let an event pass. */
struct cw_policy_allow {
    const char *reason;
    const char *author;
    const char *until; /* "2027-01-31", inclusive; "" without an end */
    const char *where;
};

/** Text of a field of the event that is judged; "" where not known. Borrowed until the call that
 *  asked returns. */
typedef const char *(*cw_policy_field_fn)(const void *event, enum camwatch_field field);

#endif
