/* SPDX-License-Identifier: Apache-2.0
 *
 * One observation that speaks for a verdict. It carries where it was seen, so that a claim can be
 * checked in Wireshark. Names are labels (base/labels.h) of the shard's table.
 */
#ifndef CW_MODEL_EVIDENCE_H
#define CW_MODEL_EVIDENCE_H

#include "base/labels.h"
#include "camwatch/terms.h"

#define CW_EVIDENCE_SEEN_MAX 64
#define CW_EVIDENCE_RULE_MAX 56

enum cw_subject {                         /* what an observation speaks of; bits */
                  CW_SUBJECT_SERVICE = 1, /* the far end */
                  CW_SUBJECT_DEVICE = 2,  /* the local thing */
};

struct cw_evidence {
    uint8_t kind;        /* enum camwatch_evidence_kind */
    uint8_t points;      /* usually the kind's; less where the rule's confidence is lower */
    uint8_t subject;     /* enum cw_subject bits */
    uint8_t side;        /* enum camwatch_side of the local end */
    uint8_t origin;      /* enum camwatch_origin */
    uint8_t role;        /* enum camwatch_role of the far end */
    uint8_t path;        /* enum camwatch_path where the format tells */
    uint8_t device_kind; /* enum camwatch_device_kind */
    uint8_t is_surveillance : 1; /* a device-side fact of a surveillance device */
    uint8_t is_maker_likely : 1; /* the brand's maker is likely, not proven (OEM) */
    uint8_t is_shared : 1;       /* shared platform: names the platform, never the brand */
    cw_label vendor;   /* whose service: brand or group; of a device: the group of its maker */
    cw_label group;    /* of a service's brand: its protocol is no contradiction; 0 none */
    cw_label platform; /* e.g. "TUTK Kalay" */
    cw_label brand;    /* on the box, where proven */
    cw_label maker;
    cw_label rule;  /* "rules/vendors/dahua.yaml:12" or "wire/dahua-dhip" */
    uint32_t file;  /* capture file, 0 live */
    uint64_t frame; /* frame number, 0 live */
    int64_t time_ns;
    char seen[CW_EVIDENCE_SEEN_MAX]; /* what was seen, for a person; no credentials */
};

/** A name that apps use too, called by a local host itself: of a device it tells the brand, once
 *  other evidence makes it a surveillance device, and nothing else. A phone with the app calls it
 *  as well. */
static inline int
cw_evidence_is_called_brand(const struct cw_evidence *e)
{
    return (e->subject & CW_SUBJECT_DEVICE) && e->kind == CAMWATCH_EVIDENCE_NAME_SERVICE;
}

#endif
