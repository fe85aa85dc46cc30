/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of devices for the tests of the inventory. Addresses and MACs are documentation ones
 * (RFC 5737, RFC 7042 2.1.2).
 */
#ifndef TESTS_INVENTORY_SEEN_H
#define TESTS_INVENTORY_SEEN_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>

#include "base/text.h"
#include "inventory/inventory.h"

#define SECOND INT64_C(1000000000)
#define HOUR   (3600 * SECOND)
#define NOON   (INT64_C(1700000000) * SECOND)

static inline struct cw_addr
addr(const char *text)
{
    struct cw_addr a;
    assert_true(cw_addr_parse(text, &a));
    return a;
}

/* 00-00-5E-00-53-xx */
static inline struct cw_mac
mac(uint8_t last)
{
    return (struct cw_mac){.b = {0x00, 0x00, 0x5e, 0x00, 0x53, last}};
}

static inline struct cw_inventory *
new_inventory(void)
{
    struct cw_inventory_settings settings = {.hash_key = {1, 2}};
    struct cw_inventory *inv = cw_inventory_new(&settings);
    assert_non_null(inv);
    return inv;
}

/** A sighting of a MAC (0: none) at an address (NULL: none), at NOON. */
static inline struct cw_record_device
seen(uint8_t mac_last, const char *address)
{
    struct cw_record_device r = {.head = {.size = sizeof(r),
                                          .version = CW_RECORD_VERSION,
                                          .type = CW_RECORD_DEVICE,
                                          .time_ns = NOON},
                                 .scope = CAMWATCH_SCOPE_LOCAL};
    if (mac_last) {
        r.mac = mac(mac_last);
    }
    if (address) {
        r.addr = addr(address);
    }
    return r;
}

/** Add a piece that speaks for a surveillance device of a maker. */
static inline void
add_piece(struct cw_record_device *r, unsigned kind, unsigned points, const char *brand,
          const char *maker)
{
    unsigned i = r->n_evidence++;
    r->evidence[i] = (struct cw_record_evidence){
        .kind = (uint8_t)kind,
        .points = (uint8_t)points,
        .subject = CW_SUBJECT_DEVICE,
        .side = CAMWATCH_SIDE_DEVICE,
        .origin = CAMWATCH_ORIGIN_SELF,
        .is_surveillance = 1,
        .frame = 7,
        .time_ns = r->head.time_ns,
    };
    cw_text_set(r->evidence[i].rule, sizeof(r->evidence[i].rule), "wire/example");
    cw_text_set(r->evidence[i].seen, sizeof(r->evidence[i].seen), "an answer");
    cw_text_set(r->names[i].brand, sizeof(r->names[i].brand), brand);
    cw_text_set(r->names[i].maker, sizeof(r->names[i].maker), maker);
}

/** Let it say of itself a serial (NULL: none), with evidence of a camera of "Example Digital". */
static inline void
says(struct cw_record_device *r, const char *serial)
{
    r->has_identity = 1;
    r->identity.origin = CAMWATCH_ORIGIN_SELF;
    r->identity.kind = CAMWATCH_KIND_CAMERA;
    r->identity.is_surveillance = true;
    cw_text_set(r->identity.maker, sizeof(r->identity.maker), "Example Digital");
    cw_text_set(r->identity.serial, sizeof(r->identity.serial), serial);
    add_piece(r, CAMWATCH_EVIDENCE_IDENTITY, 90, "Example Vision", "Example Digital");
}

static inline struct cw_record_device
camera(uint8_t mac_last, const char *address, const char *serial)
{
    struct cw_record_device r = seen(mac_last, address);
    says(&r, serial);
    return r;
}

static inline struct cw_inventory_change
merge(struct cw_inventory *inv, const struct cw_record_device *r)
{
    struct cw_inventory_change change;
    cw_inventory_merge_device(inv, r, &change);
    return change;
}

static inline struct cw_inventory_change
merge_at(struct cw_inventory *inv, struct cw_record_device r, int64_t time_ns)
{
    r.head.time_ns = time_ns;
    return merge(inv, &r);
}

/** Fill the caller's view, which the texts borrow from; the id must be known. */
static inline const struct camwatch_device *
view_of(const struct cw_inventory *inv, const char *id, struct cw_device_view *view)
{
    const struct cw_inv_device *device = cw_inventory_find(inv, id);
    assert_non_null(device);
    cw_inventory_view(inv, device, view);
    return &view->device;
}

#endif
