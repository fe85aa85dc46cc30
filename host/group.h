/* SPDX-License-Identifier: Apache-2.0
 *
 * Destinations joined into the lines that a person reads.
 */
#ifndef HOST_GROUP_H
#define HOST_GROUP_H

#include "roster.h"
#include "text.h"

/** A row that was chosen, with the surveillance device that it belongs to (NULL: another host).
 *  */
struct cw_choice {
    const struct cw_destination *row;
    const struct camwatch_device *device;
};

/** True when a row belongs to the list; adds to the key what makes a line of its own. */
typedef bool (*cw_choose_fn)(void *user, const struct cw_choice *choice, struct cw_buffer *key);

struct cw_group {
    struct cw_choice first;    /* texts of the row that opened the group */
    struct cw_destination sum; /* numbers of all; texts of the row with the most bytes */
    size_t n_rows, n_hosts;    /* n_hosts: different local addresses */
};

struct cw_groups {
    struct cw_group *items; /* most bytes first */
    size_t n;
};

struct cw_groups cw_groups_of(const struct cw_tally *tally, const struct cw_roster *roster,
                              cw_choose_fn choose, void *user);
void cw_groups_free(struct cw_groups *groups);

/* What rows are, for choosers. */
bool cw_row_is_lan(const struct cw_destination *row);
bool cw_row_is_explained(const struct cw_destination *row);
/** Its name was asked for in DNS; the row has no traffic to the service itself. */
bool cw_row_is_lookup(const struct cw_destination *row);

/** "Dahua" · "TUTK Kalay" · "Amcrest (Hosted Cloud Video)"; "" where not known. */
void cw_row_service(const struct cw_destination *row, struct cw_buffer *out);

/** Its name, else address, with the port. */
void cw_row_peer(const struct cw_destination *row, struct cw_buffer *out);

/** "streams" · "talks" · "tries" · "refused" · "one way" · "name asked" · "name blocked". */
void cw_row_outcome(const struct cw_destination *row, struct cw_buffer *out);

#endif
