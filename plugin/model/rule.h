/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rules say of a name, an address or a MAC. Strings are borrowed from the rules image and
 * good as long as it is.
 */
#ifndef CW_MODEL_RULE_H
#define CW_MODEL_RULE_H

#include <stdint.h>

#include "camwatch/terms.h"

enum cw_rule_kind {
    CW_RULE_DOMAIN,
    CW_RULE_NETWORK,
    CW_RULE_MAC,
    CW_RULE_BANNER,
};

enum cw_confidence {
    CW_CONFIDENCE_LOW,
    CW_CONFIDENCE_MEDIUM,
    CW_CONFIDENCE_HIGH,
};

struct cw_rule_hit {
    uint32_t id;  /* stable: a hash of kind, owner and pattern */
    uint8_t kind; /* enum cw_rule_kind */
    uint8_t role; /* enum camwatch_role */
    uint8_t side; /* enum camwatch_side: DEVICE names prove a device, VIEWER names a viewer,
                          BOTH (apps and browsers use it too) the service only */
    uint8_t confidence;   /* enum cw_confidence */
    uint8_t is_shared;    /* a platform's: names the platform, not a brand */
    uint8_t is_general;   /* MAC of a general maker */
    uint8_t device_kind;  /* what a device that uses it is, where the rule says; else UNKNOWN */
    const char *vendor;   /* service vendor, e.g. "Hikvision group"; "" for a platform */
    const char *brand;    /* "" where the rule proves no brand */
    const char *maker;    /* "" where not known */
    const char *group;    /* of the maker, e.g. "Hikvision group"; "" where it is in none */
    const char *platform; /* "" but for platforms */
    const char *region;   /* "" where not known */
    const char *pattern;  /* suffix, prefix or banner, as written */
    const char *source;   /* where the fact comes from */
    const char *where;    /* "rules/vendors/example.yaml:12" */
    uint8_t is_mixed; /* whose rule it is makes or serves other things too: use of it proves no
                              surveillance device */
    uint8_t maker_is_likely; /* the maker is likely (OEM brands), not proven */
};

#endif
