/* SPDX-License-Identifier: Apache-2.0
 *
 * One device as the inventory keeps it, and what is done to one alone. Private to this folder.
 * Strings are owned by the device and NULL when not known; names of brands and makers are labels of
 * the inventory's own table. About 1 KB for a usual device.
 */
#ifndef CW_INVENTORY_DEVICE_H
#define CW_INVENTORY_DEVICE_H

#include "base/labels.h"
#include "inventory/index.h"
#include "model/record.h"
#include "model/verdict.h"

#define CW_DEVICE_ADDRS        8
#define CW_DEVICE_MACS         4
#define CW_DEVICE_PIECES       16
#define CW_DEVICE_SERIALS      4
#define CW_DEVICE_DESTINATIONS 64

/* What a device says of itself: X(symbol, member of struct cw_identity, text, a change is told) */
#define CW_FACTS(X)                                                                            \
    X(MODEL, model, "model", true)                                                             \
    X(SERIAL, serial, "serial", true)                                                          \
    X(UID, uid, "UID", false)                                                                  \
    X(FIRMWARE, firmware, "firmware", true)                                                    \
    X(NAME, name, "name", true)                                                                \
    X(BRAND, brand, "brand", false)                                                            \
    X(MAKER, maker, "maker", false)

/* clang-format off */
#define CW_X(s, m, t, c) CW_FACT_##s,
enum cw_fact_field { CW_FACTS(CW_X) CW_N_FACTS };
#undef CW_X

/* clang-format on */

struct cw_fact {
    char *value;
    char *previous; /* two sources that disagree in turn are told once */
    int64_t time_ns;
    uint8_t origin; /* enum camwatch_origin */
};

/* struct cw_evidence with its text on the heap: most devices have three short ones. */
struct cw_piece {
    uint8_t kind, points, subject, side, origin, role, path, device_kind;
    uint8_t is_surveillance, is_shared, is_maker_likely;
    cw_label vendor, platform, brand, maker, rule;
    cw_label file; /* name of the capture; 0 live */
    uint64_t frame;
    int64_t time_ns;
    char *seen;
};

/* A far end that no rule explains. */
struct cw_destination {
    struct cw_addr addr;
    char *name; /* latest name of it, or NULL */
    uint64_t bytes;
    int64_t first_ns, last_ns;
    uint16_t port;
    uint8_t proto;
    bool is_told;
};

enum cw_device_class {                /* age lists; order of sacrifice when memory is short */
                       CW_CLASS_SIDE, /* claimed by others, or remote */
                       CW_CLASS_ORDINARY, /* present, but no surveillance device */
                       CW_CLASS_GONE, /* surveillance devices unseen for long: remembered, so that coming back
                              is no device-new */
                       CW_CLASS_SURVEILLANCE,
                       CW_N_CLASSES,
};

struct cw_inv_device {
    struct cw_inv_device *older, *newer; /* in the age list of its class */
    struct cw_key *keys;
    const char *id; /* text of one of the keys */
    char *behind;   /* id of the device that speaks for it, or NULL */
    struct cw_piece *pieces;
    struct cw_destination *destinations;
    char *other_serials[CW_DEVICE_SERIALS]; /* claimed behind the same MAC */
    struct cw_fact facts[CW_N_FACTS];
    struct cw_addr addrs[CW_DEVICE_ADDRS]; /* latest first */
    struct cw_mac macs[CW_DEVICE_MACS];    /* on-link; the first is the one of the id */
    int64_t first_ns, last_ns;
    uint64_t bytes, bytes_explained;
    uint32_t interface, segment;
    uint32_t n_more_destinations; /* new ones that came when the list was full */
    uint16_t vlan;
    cw_label brand, maker;
    cw_label former_brand; /* before the one that was told last; 0 none */
    uint8_t class, scope, kind, self_kind, band, confidence, maker_confidence;
    uint8_t n_addrs, n_macs, n_pieces, n_destinations, n_other_serials;
    bool is_surveillance, is_viewer, is_gateway, is_announced;
};

/** Zeroed, or NULL for lack of memory. */
struct cw_inv_device *cw_device_new(void);

/** Free a device that has no keys and is in no list. */
void cw_device_free(struct cw_inv_device *device);

/** Value of a fact, or "". */
const char *cw_device_fact(const struct cw_inv_device *device, enum cw_fact_field field);

/** A name of brand or maker: what evidence proves goes before what the device calls itself. */
const char *cw_device_named(const struct cw_inv_device *device, const struct cw_labels *labels,
                            cw_label proven, enum cw_fact_field fact);

/** Put an on-link MAC on the device. False: the list is full. */
bool cw_device_add_mac(struct cw_inv_device *device, const struct cw_mac *mac);
bool cw_device_has_mac(const struct cw_inv_device *device, const struct cw_mac *mac);

/**
 * Put an address in front.
 *
 * @param dropped  the one that fell off the end, else no address
 * @param former   the latest IPv4 address before, when this is an IPv4 address not seen before;
 *                 else no address. New IPv6 addresses are no change: they rotate (RFC 8981).
 */
void cw_device_add_addr(struct cw_inv_device *device, const struct cw_addr *addr,
                        struct cw_addr *dropped, struct cw_addr *former);

/** A MAC of one interface: neither none nor a group. */
static inline bool
cw_device_is_usable_mac(const struct cw_mac *mac)
{
    return !cw_mac_is_none(mac) && !cw_mac_is_group(mac);
}

/** Unicast, and not 0.0.0.0 or ::, so that it can stand for one device. */
bool cw_device_is_usable_addr(const struct cw_addr *addr);

/**
 * Take the facts of an identity: said of itself goes before claimed by another, newer before older,
 * and "" changes nothing. What changed is appended to text ("firmware 1.0 -> 1.1; ..."), serials
 * left out.
 *
 * @param origin  enum camwatch_origin
 * @return true when a change is worth telling
 */
bool cw_device_learn(struct cw_inv_device *device, const struct cw_identity *identity,
                     unsigned origin, int64_t time_ns, char *text, size_t size);

/** Facts, addresses, evidence and counters of another record of the same device. The keys are the
 *  caller's to move. */
void cw_device_absorb(struct cw_inv_device *into, struct cw_inv_device *from);

/**
 * Keep the evidence that speaks for the device itself (at most 16 pieces, the best stay) and weigh
 * all of it anew.
 *
 * @param claimed  also pieces that another device claims (for records of that sort)
 */
void cw_device_add_evidence(struct cw_inv_device *device, struct cw_labels *labels,
                            const struct cw_record_device *record, const char *file,
                            bool claimed);

/** Weigh the evidence that is kept. */
void cw_device_weigh(struct cw_inv_device *device);

/** Drop the evidence that rests on the MAC prefix. */
void cw_device_drop_mac_evidence(struct cw_inv_device *device);

#endif
