/* SPDX-License-Identifier: Apache-2.0
 *
 * The inventory: one record a device, merged from what all shards learn, kept over restarts. It
 * belongs to the publisher and to one thread.
 *
 * What makes two facts one device (design.md 6, corrections.md "Rules of evidence"): the on-link
 * MAC, the serial, MAC or UID that it says of itself, and last its address in its site and segment.
 * An address that somebody claims is never a key. A record known by its address that later shows
 * its MAC goes on under the MAC; its former id stays known, so nothing is new twice.
 */
#ifndef CW_INVENTORY_INVENTORY_H
#define CW_INVENTORY_INVENTORY_H

#include "base/hash.h"
#include "camwatch/publisher.h"
#include "model/record.h"

struct cw_assets;
struct cw_inventory;
struct cw_inv_device;

enum cw_segment_by { /* what tells two equal addresses apart */
                     CW_SEGMENT_BY_NONE,
                     CW_SEGMENT_BY_VLAN,
                     CW_SEGMENT_BY_TUNNEL,
};

struct cw_inventory_settings {
    const char *site;                 /* copied; NULL: "default" */
    uint8_t segment_by;               /* enum cw_segment_by */
    uint32_t max_devices;             /* present ones; 0: 65536 */
    uint32_t max_side;                /* claimed by others, and remote; 0: 1024 */
    int64_t gone_after_ns;            /* 0: 24 h */
    int64_t retention_ns;             /* forget what is unseen for so long; 0: never */
    const char *const *capture_files; /* borrowed; index 0 is file 1; NULL-ended or NULL */
    struct cw_hash_key hash_key;
};

enum cw_inventory_what {                       /* bits */
                         CW_INVENTORY_NEW = 1, /* a surveillance device not known before */
                         CW_INVENTORY_IDENTIFIED =
                             2, /* brand, maker or kind became known, or the band rose */
                         CW_INVENTORY_CHANGED = 4, /* text says what */
                         CW_INVENTORY_GONE =
                             8, /* unseen for gone_after_ns while the sensor could see */
                         CW_INVENTORY_DESTINATION =
                             16, /* a far end that no rule explains, for the first time; 64 a device */
};

/* What a merge did. New is told only of surveillance devices that are present; viewers, gateways
 * and what others claim are kept apart and told never. */
struct cw_inventory_change {
    unsigned what;                      /* enum cw_inventory_what bits; 0 nothing to tell */
    const struct cw_inv_device *device; /* borrowed until the next call; NULL: not kept */
    char former_id[192]; /* "" unless an id that was told went over into this device's */
    char text[256];
};

/** Given, free with cw_inventory_free; NULL for lack of memory. */
struct cw_inventory *cw_inventory_new(const struct cw_inventory_settings *settings);
void cw_inventory_free(struct cw_inventory *inventory);

/** Take what a shard learnt of a device. Allocates; O(evidence). */
void cw_inventory_merge_device(struct cw_inventory *inventory,
                               const struct cw_record_device *record,
                               struct cw_inventory_change *out);

/** Last seen, destinations and share explained, of the device on the flow's local side.
 *  out->device is NULL where the inventory does not know it. */
void cw_inventory_merge_flow(struct cw_inventory *inventory,
                             const struct cw_record_flow *record,
                             struct cw_inventory_change *out);

typedef void (*cw_inventory_change_fn)(void *user, const struct cw_inventory_change *change);

/**
 * Tell devices that are gone, and forget what is past its retention.
 *
 * @param is_blind  the sensor cannot see now: nobody goes. The time spent blind does not count as
 *                  unseen.
 */
void cw_inventory_tick(struct cw_inventory *inventory, int64_t now_ns, bool is_blind,
                       cw_inventory_change_fn tell, void *user);

/** Asset list for the views; borrowed until replaced; NULL none. */
void cw_inventory_set_assets(struct cw_inventory *inventory, const struct cw_assets *assets);

/** By id, also a former one; NULL when not known. Borrowed until the next merge or tick. */
const struct cw_inv_device *cw_inventory_find(const struct cw_inventory *inventory,
                                              const char *id);

/** The public form of a device with room for its texts. Owner and listings are left for the
 *  caller. */
struct cw_device_view {
    struct camwatch_device device; /* borrows from this struct and from the inventory */
    char mac[CW_MAC_TEXT_MAX];
    char addresses[CAMWATCH_DEVICE_ADDRESSES][CW_ADDR_TEXT_MAX];
    struct camwatch_device_evidence evidence[16];
};

void cw_inventory_view(const struct cw_inventory *inventory, const struct cw_inv_device *device,
                       struct cw_device_view *out);

/** Visit every record ordered by id: present ones, what recorders claim (scope behind) and remote
 *  ones. O(n log n). */
void cw_inventory_visit(const struct cw_inventory *inventory, camwatch_device_fn visit,
                        void *user);

/** One far end of a device that no rule explains. */
struct cw_destination_view {
    char address[CW_ADDR_TEXT_MAX];
    const char *name; /* "" not known */
    unsigned port, proto;
    uint64_t bytes;
    int64_t first_ns, last_ns;
};

/** What a device did in bytes: explained of total; unlisted destinations beyond the 64 of the
 *  list. */
struct cw_destination_totals {
    uint64_t bytes, bytes_explained;
    uint32_t unlisted;
};

/** Fill at most max views, the most bytes first; returns how many. */
size_t cw_inventory_destinations(const struct cw_inv_device *device,
                                 struct cw_destination_view *out, size_t max,
                                 struct cw_destination_totals *totals);

struct cw_inventory_counts {
    uint32_t surveillance, ordinary, gone, side; /* records kept */
    uint64_t evicted, refused; /* records given up, or not taken, for lack of room */
    uint64_t conflicts;        /* keys that met two devices that cannot be one */
};

struct cw_inventory_counts cw_inventory_count(const struct cw_inventory *inventory);

/* ---- between runs (save.c, load.c) ---- */

/**
 * Write all to a file: a temporary file beside it, fsync, rename, fsync of the folder; mode 0600.
 *
 * @retval CAMWATCH_EIO the file says why; the old file stays
 */
int cw_inventory_save(const struct cw_inventory *inventory, const char *path,
                      struct camwatch_error *error);

/**
 * Read a file into an empty inventory.
 *
 * @retval CAMWATCH_OK       also when there is no file: error->text is "" then
 * @retval CAMWATCH_ECORRUPT torn, damaged or of another version: the inventory is empty and usable,
 *                           the file is kept aside as PATH.bad and error->text says so
 * @retval CAMWATCH_EIO      cannot be read; the file stays
 */
int cw_inventory_load(struct cw_inventory *inventory, const char *path,
                      struct camwatch_error *error);

#endif
