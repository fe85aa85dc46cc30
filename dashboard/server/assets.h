/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of dashboard/dist, made into arrays at build time (embed.cmake).
 */
#ifndef SERVER_ASSETS_H
#define SERVER_ASSETS_H

#include <stddef.h>

struct cw_asset {
    const char *path; /* "/index.html" */
    const char *etag; /* first 32 hex digits of its SHA-256 */
    const unsigned char *bytes;
    size_t len;
};

/* Ends with a row without path. */
extern const struct cw_asset cw_assets[];

#endif
