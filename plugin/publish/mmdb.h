/* SPDX-License-Identifier: Apache-2.0
 *
 * One MMDB file: opened from a sealed copy, its layout known. Private to this folder.
 */
#ifndef CW_PUBLISH_MMDB_H
#define CW_PUBLISH_MMDB_H

#include "publish/geo.h"

struct cw_mmdb;

/**
 * Open, check and probe a file.
 *
 * @param error  what is wrong with it, and the path, when NULL comes back
 * @param warning  what is odd about it, "" mostly
 */
struct cw_mmdb *cw_mmdb_open(const char *path, struct camwatch_error *error,
                             struct camwatch_error *warning);
void cw_mmdb_close(struct cw_mmdb *mmdb);

/** Fill what is still empty in *place with what the file knows. False: the file is damaged
 *  there. */
bool cw_mmdb_lookup(const struct cw_mmdb *mmdb, const struct cw_addr *addr,
                    struct cw_place *place);

struct camwatch_geo_source cw_mmdb_source(const struct cw_mmdb *mmdb);

#endif
