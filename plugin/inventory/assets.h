/* SPDX-License-Identifier: Apache-2.0
 *
 * assets.csv: what the operator knows of his devices. The first row names the columns, in any
 * order: mac, ip, serial (at least one of them), name, site, owner, sanctioned (yes or no), maker
 * (or brand). Each row has at least one of mac, ip and serial; a key stands once in the file.
 */
#ifndef CW_INVENTORY_ASSETS_H
#define CW_INVENTORY_ASSETS_H

#include "base/addr.h"
#include "camwatch/status.h"
#include "inventory/inventory.h"

enum cw_sanctioned { CW_SANCTIONED_NOT_SAID, CW_SANCTIONED_YES, CW_SANCTIONED_NO };

struct cw_asset {
    struct cw_mac mac;                          /* none: not said */
    struct cw_addr addr;                        /* none: not said */
    char *serial, *name, *site, *owner, *maker; /* "" not said */
    uint8_t sanctioned;                         /* enum cw_sanctioned */
    unsigned line;                              /* in the file */
};

struct cw_assets;

/**
 * Read a file whole or not at all.
 *
 * @param out  given on CAMWATCH_OK, free with cw_assets_free
 * @retval CAMWATCH_EIO     cannot be read, or larger than 64 MiB
 * @retval CAMWATCH_EINVAL  error->text is "FILE:LINE: what is wrong, what is allowed"
 */
int cw_assets_load(const char *path, struct cw_assets **out, struct camwatch_error *error);
void cw_assets_free(struct cw_assets *assets);

size_t cw_assets_count(const struct cw_assets *assets);
const struct cw_asset *cw_assets_at(const struct cw_assets *assets, size_t i);

/** The row of a device: by any of its MACs, else by serial, else by address (the latest first);
 *  NULL when none lists it. */
const struct cw_asset *cw_assets_of(const struct cw_assets *assets,
                                    const struct cw_inv_device *device);

/**
 * What the list says of a surveillance device that is present.
 *
 * @param row           its row; NULL: the list has none
 * @param brand, maker  as it is known; "" not
 * @return NONE of anything else
 */
enum camwatch_asset_status cw_assets_status(const struct cw_asset *row,
                                            const struct cw_inv_device *device,
                                            const char *brand, const char *maker);

/** Ask with device for "seen, not listed" and with asset for "listed, never seen"; the other is
 *  NULL. */
typedef void (*cw_assets_audit_fn)(void *user, const struct camwatch_device *device,
                                   const struct cw_asset *asset);

/** Tell every surveillance device that is present and not listed, ordered by id, then every row
 *  that no device of the inventory matches, in the order of the file. */
void cw_assets_audit(const struct cw_assets *assets, const struct cw_inventory *inventory,
                     cw_assets_audit_fn tell, void *user);

#endif
