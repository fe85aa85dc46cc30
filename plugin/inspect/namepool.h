/* SPDX-License-Identifier: Apache-2.0
 *
 * Names, each kept once and counted by its users, in memory of a fixed size. A number stands for a
 * name; 0 is none. One thread.
 */
#ifndef CW_INSPECT_NAMEPOOL_H
#define CW_INSPECT_NAMEPOOL_H

#include "base/hash.h"

#define CW_NAMEPOOL_TEXT_MAX 256 /* with the NUL */

struct cw_namepool;

/** Room for max names of 56 characters, or fewer longer ones. NULL for lack of memory. */
struct cw_namepool *cw_namepool_new(uint32_t max, struct cw_hash_key key);
void cw_namepool_free(struct cw_namepool *pool);

/** The number of a name, held once more by the caller; text is copied, cut after 255 characters.
 *  0 when there is no room. */
uint32_t cw_namepool_take(struct cw_namepool *pool, const char *text);

/** Hold a name once more. */
void cw_namepool_hold(struct cw_namepool *pool, uint32_t name);

/** Hold it once less; with the last one it goes. */
void cw_namepool_drop(struct cw_namepool *pool, uint32_t name);

/** Copy the text of a held name. */
void cw_namepool_text(const struct cw_namepool *pool, uint32_t name,
                      char out[CW_NAMEPOOL_TEXT_MAX]);

#endif
