/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an address is registered, and in which autonomous system, out of MMDB files. Several files
 * may be open; for each value the first that knows it wins. Every usual layout is read (GeoLite2
 * and DB-IP nested, IPinfo and other flat ones); which one a file has is found once, when it is
 * opened (ecosystem.md 6.2). Only global addresses are looked up. This is the only folder that
 * includes maxminddb. Not thread-safe.
 */
#ifndef CW_PUBLISH_GEO_H
#define CW_PUBLISH_GEO_H

#include <stdbool.h>

#include "base/addr.h"
#include "camwatch/publisher.h"

struct cw_geo;

struct cw_place {
    char country[3];   /* ISO 3166-1, "" not known */
    char city[64];     /* "" not known */
    char location[32]; /* "lat,lon", "" not known */
    char as_org[96];   /* "" not known */
    uint32_t asn;      /* 0 not known */
    bool
        is_registered; /* the file only says where the network is registered, not where it is used */
};

/** A file that is missing or damaged, or that others may write: a message, never an end.
 *  Borrowed. */
typedef void (*cw_geo_message_fn)(void *user, const char *text);

/**
 * Open files in order of precedence.
 *
 * Each is copied into a sealed memory file first (at most 512 MiB; larger ones are refused), so
 * that overwriting or cutting it in place cannot crash or mislead who reads it.
 *
 * @param files    NULL-ended; NULL: every .mmdb, by name, of the folder in CAMWATCH_GEO_DIR if that
 *                 is set, else of /usr/share/GeoIP, /var/lib/GeoIP, /var/lib/camwatch/geo and the
 *                 one given when camwatch was built. At most 16.
 * @param message  may be NULL
 * @return NULL only for lack of memory; given, free with cw_geo_free. No file at all is no error.
 */
struct cw_geo *cw_geo_new(const char *const *files, cw_geo_message_fn message, void *user);
void cw_geo_free(struct cw_geo *geo);

/** How many files could not be used. */
size_t cw_geo_refused(const struct cw_geo *geo);

/**
 * Which files there are now, and which of their contents: device, inode, size and time of change.
 * Equal numbers: nothing changed. Asks the file system once a file.
 *
 * @param files  as for cw_geo_new
 */
uint64_t cw_geo_fingerprint(const char *const *files);

/** False, and *out empty, for addresses that are not global and where no file knows anything. Some
 *  microseconds; the latest 1,024 answers are kept. */
bool cw_geo_lookup(struct cw_geo *geo, const struct cw_addr *addr, struct cw_place *out);

/** The open files in order of precedence; returns how many, at most max. Borrowed until free. */
size_t cw_geo_sources(const struct cw_geo *geo, struct camwatch_geo_source *out, size_t max);

/** Look-ups that a file answered with an error: it is damaged inside. */
uint64_t cw_geo_errors(const struct cw_geo *geo);

#endif
