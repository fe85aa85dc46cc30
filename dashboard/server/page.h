/* SPDX-License-Identifier: Apache-2.0
 *
 * The page and what belongs to it, from memory, compressed once at the start.
 */
#ifndef SERVER_PAGE_H
#define SERVER_PAGE_H

#include <stdbool.h>

struct MHD_Connection;
struct cw_pages;

/** NULL for lack of memory. Free after the daemon has stopped. */
struct cw_pages *cw_pages_new(void);
void cw_pages_free(struct cw_pages *pages);

/** Answer with the file of this path. False: there is none. */
bool cw_pages_answer(const struct cw_pages *pages, struct MHD_Connection *connection,
                     const char *path);

#endif
