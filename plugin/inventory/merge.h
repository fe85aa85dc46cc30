/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files that merge records share. Private to this folder.
 */
#ifndef CW_INVENTORY_MERGE_H
#define CW_INVENTORY_MERGE_H

#include "inventory/store.h"

/* Keys of what a record is about, the strongest first; "" where it says nothing. */
enum cw_key_kind {
    CW_KEY_MAC,
    CW_KEY_SERIAL,
    CW_KEY_SAID_MAC,
    CW_KEY_UID,
    CW_KEY_ADDR,
    CW_N_KEYS
};

struct cw_sight {
    const struct cw_record_device *record;
    char keys[CW_N_KEYS][CW_KEY_TEXT_MAX];
};

/** The keys that a record gives. A gateway's MAC is none of them. */
struct cw_sight cw_sight_of(const struct cw_inventory *inventory,
                            const struct cw_record_device *record);

/** The device that the record is about, by its strongest key that fits; it may be one of the side
 *  table. NULL when none is known. */
struct cw_inv_device *cw_sight_find(struct cw_inventory *inventory,
                                    const struct cw_sight *sight);

/** May two records be one, b having been found by that key of a's sight? Serials of their own that
 *  differ, and more MACs than a device has, say no. */
bool cw_sight_may_join(const struct cw_inv_device *a, const struct cw_inv_device *b,
                       enum cw_key_kind via);

/** Let the keys name the device. Its own names are never taken from another; an address belongs to
 *  who had it last. */
void cw_sight_take_keys(struct cw_inventory *inventory, struct cw_inv_device *device,
                        const struct cw_sight *sight);

/** The first of four texts that is not empty. */
const char *cw_merge_first_said(const char *a, const char *b, const char *c, const char *d);

/** Times, place and behaviour of a sighting. */
void cw_merge_take_sight(struct cw_inv_device *device, const struct cw_record_device *record);

/** Name of the capture that the record's evidence is from; "" live. */
const char *cw_merge_capture(const struct cw_inventory *inventory,
                             const struct cw_record_device *record);

/** The device has this address now. What it replaces is told in out->text. */
void cw_merge_take_addr(struct cw_inventory *inventory, struct cw_inv_device *device,
                        const struct cw_addr *addr, uint16_t vlan, uint32_t segment,
                        struct cw_inventory_change *out);

/** Add to a text, with "; " between. */
void cw_merge_append(char *text, size_t size, const char *more);

/** Say so where a device that was gone is back. Before its class is set. */
void cw_merge_seen_again(struct cw_inv_device *device, struct cw_inventory_change *out);

/** Set who speaks for the device, or stands in front of it: an id. */
void cw_merge_set_behind(struct cw_inv_device *device, const char *id);

/** The record says more than whose MAC prefix it is. */
bool cw_merge_has_other_facts(const struct cw_record_device *record);

/* The sorts of records other than of devices that are present. */

void cw_merge_gateway(struct cw_inventory *inventory, const struct cw_record_device *record,
                      struct cw_inventory_change *out);

void cw_merge_claim(struct cw_inventory *inventory, struct cw_sight *sight,
                    struct cw_inventory_change *out);

void cw_merge_remote(struct cw_inventory *inventory, const struct cw_record_device *record,
                     struct cw_inventory_change *out);

#endif
