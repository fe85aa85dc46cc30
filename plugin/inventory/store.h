/* SPDX-License-Identifier: Apache-2.0
 *
 * The records of the inventory, their keys and their age lists. Private to this folder.
 */
#ifndef CW_INVENTORY_STORE_H
#define CW_INVENTORY_STORE_H

#include "inventory/device.h"
#include "inventory/inventory.h"

/* Keys that a device may be given: 4 MACs, 8 addresses, the rest serials, UIDs and former ids.
 * Records that join bring theirs along, so it may have more. */
enum { CW_STORE_KEYS = 32 };

struct cw_age_list {
    struct cw_inv_device *oldest, *newest;
    uint32_t count;
};

struct cw_inventory {
    struct cw_inventory_settings settings;
    char site[64];
    struct cw_index index;
    struct cw_age_list ages[CW_N_CLASSES];
    struct cw_labels *labels;
    const struct cw_assets *assets; /* borrowed */
    int64_t seeing_since_ns;        /* start of the time that counts as unseen */
    uint64_t evicted, refused, conflicts;
};

/** A record of a class under its id, making room first. NULL when there is none, or no memory. */
struct cw_inv_device *cw_store_new(struct cw_inventory *inventory, enum cw_device_class class,
                                   const char *id);

/** Take a device that is in no list into a class under an id. False: it stays the caller's. */
bool cw_store_adopt(struct cw_inventory *inventory, struct cw_inv_device *device,
                    enum cw_device_class class, const char *id);

/** Delete all records. */
void cw_store_clear(struct cw_inventory *inventory);

/** Take a record out with all its keys and free it. */
void cw_store_delete(struct cw_inventory *inventory, struct cw_inv_device *device);

/** Put a record into a class, as its newest. */
void cw_store_reclass(struct cw_inventory *inventory, struct cw_inv_device *device,
                      enum cw_device_class class);

/** Make a text name a device, from now on if it named another. A device's id is never taken:
 *  false. */
bool cw_store_name(struct cw_inventory *inventory, struct cw_inv_device *device,
                   const char *text);

/** Stop a text from naming a device, unless it is or was an id. */
void cw_store_unname(struct cw_inventory *inventory, struct cw_inv_device *device,
                     const char *text);

/** Who a text names, or NULL. */
struct cw_inv_device *cw_store_find(const struct cw_inventory *inventory, const char *text);

/** One record of two: facts, evidence and keys of from go over, and from is freed. */
void cw_store_merge(struct cw_inventory *inventory, struct cw_inv_device *into,
                    struct cw_inv_device *from);

/** Give a device another of its keys as its id; the former one stays a key. */
void cw_store_rename(struct cw_inventory *inventory, struct cw_inv_device *device,
                     const char *id);

/* Texts of keys; each returns out. */

const char *cw_key_mac(const struct cw_mac *mac, char out[CW_KEY_TEXT_MAX]);
const char *cw_key_serial(const char *maker, const char *serial, char out[CW_KEY_TEXT_MAX]);
const char *cw_key_uid(const char *uid, char out[CW_KEY_TEXT_MAX]);
const char *cw_key_addr(const struct cw_inventory *inventory, uint16_t vlan, uint32_t segment,
                        const struct cw_addr *addr, char out[CW_KEY_TEXT_MAX]);
/** What is hidden behind an address (NAT); its router has the address itself. */
const char *cw_key_behind(const struct cw_inventory *inventory, uint16_t vlan, uint32_t segment,
                          const struct cw_addr *addr, char out[CW_KEY_TEXT_MAX]);
const char *cw_key_remote(const struct cw_inventory *inventory, const struct cw_addr *addr,
                          char out[CW_KEY_TEXT_MAX]);

#endif
