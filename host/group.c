/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "group.h"

#include <stdlib.h>
#include <string.h>

#include "store.h"

struct builder {
    struct cw_groups *groups;
    struct cw_store *index, *hosts;
    size_t room;
    struct cw_buffer key;
};

static struct cw_group *
group_for(struct builder *b, const struct cw_choice *choice)
{
    size_t at = cw_store_find(b->index, cw_buffer_text(&b->key));
    if (at != (size_t)-1) {
        return &b->groups->items[at];
    }
    if (b->groups->n == b->room) {
        b->room = b->room * 2 + 16;
        b->groups->items = reallocarray(b->groups->items, b->room, sizeof(struct cw_group));
        if (!b->groups->items) {
            abort();
        }
    }
    cw_store_set(b->index, cw_buffer_text(&b->key), b->groups->n);
    struct cw_group *group = &b->groups->items[b->groups->n++];
    *group = (struct cw_group){.first = *choice, .sum = *choice->row};
    group->sum.bytes_out = group->sum.bytes_in = 0;
    group->sum.flows = group->sum.established = group->sum.attempted = 0;
    group->sum.refused = group->sum.streaming = group->sum.looked_up = group->sum.blocked = 0;
    return group;
}

static void
add(struct builder *b, struct cw_group *group, const struct cw_destination *row)
{
    struct cw_destination *sum = &group->sum;
    sum->bytes_out += row->bytes_out;
    sum->bytes_in += row->bytes_in;
    sum->flows += row->flows;
    sum->established += row->established;
    sum->attempted += row->attempted;
    sum->refused += row->refused;
    sum->streaming += row->streaming;
    sum->looked_up += row->looked_up;
    sum->blocked += row->blocked;
    sum->first_ns = row->first_ns < sum->first_ns ? row->first_ns : sum->first_ns;
    sum->last_ns = row->last_ns > sum->last_ns ? row->last_ns : sum->last_ns;
    group->n_rows++;
    cw_buffer_print(&b->key, "\x1e%s", row->local_ip);
    if (cw_store_find(b->hosts, cw_buffer_text(&b->key)) == (size_t)-1) {
        cw_store_set(b->hosts, cw_buffer_text(&b->key), 1);
        group->n_hosts++;
    }
}

static int
most_bytes_first(const void *left, const void *right)
{
    const struct cw_group *a = left, *b = right;
    uint64_t bytes_a = a->sum.bytes_out + a->sum.bytes_in;
    uint64_t bytes_b = b->sum.bytes_out + b->sum.bytes_in;
    if (bytes_a != bytes_b) {
        return bytes_a > bytes_b ? -1 : 1;
    }
    return (a->first.row > b->first.row) - (a->first.row < b->first.row);
}

struct cw_groups
cw_groups_of(const struct cw_tally *tally, const struct cw_roster *roster, cw_choose_fn choose,
             void *user)
{
    struct cw_groups groups = {.items = NULL};
    struct builder b = {.groups = &groups, .index = cw_store_new(), .hosts = cw_store_new()};
    size_t n;
    const struct cw_destination *rows = cw_tally_rows(tally, &n);
    for (size_t i = 0; i < n; i++) {
        struct cw_choice choice = {.row = &rows[i],
                                   .device = cw_roster_owner(roster, &rows[i])};
        b.key.len = 0;
        cw_buffer_add(&b.key, "", 0);
        if (choose(user, &choice, &b.key)) {
            add(&b, group_for(&b, &choice), &rows[i]);
        }
    }
    if (groups.n > 0) {
        qsort(groups.items, groups.n, sizeof(*groups.items), most_bytes_first);
    }
    cw_store_free(b.index);
    cw_store_free(b.hosts);
    cw_buffer_free(&b.key);
    return groups;
}

void
cw_groups_free(struct cw_groups *groups)
{
    free(groups->items);
    *groups = (struct cw_groups){.items = NULL};
}

bool
cw_row_is_lan(const struct cw_destination *row)
{
    return strcmp(row->path, camwatch_path_text(CAMWATCH_PATH_LAN)) == 0;
}

bool
cw_row_is_explained(const struct cw_destination *row)
{
    return row->vendor[0] != '\0' || row->platform[0] != '\0';
}

void
cw_row_service(const struct cw_destination *row, struct cw_buffer *out)
{
    const char *name = row->vendor[0] != '\0' ? row->vendor : row->platform;
    cw_buffer_print(out, "%s", name);
    if (row->vendor[0] != '\0' && row->platform[0] != '\0' &&
        strcmp(row->vendor, row->platform) != 0) {
        cw_buffer_print(out, " (%s)", row->platform);
    }
}

void
cw_row_peer(const struct cw_destination *row, struct cw_buffer *out)
{
    const char *name = row->domain[0] != '\0' ? row->domain : row->ip;
    bool is_ip6 = strchr(name, ':') != NULL;
    cw_buffer_print(out, is_ip6 ? "[%s]" : "%s", name);
    if (row->port[0] != '\0') {
        cw_buffer_print(out, ":%s", row->port);
    }
}

void
cw_row_outcome(const struct cw_destination *row, struct cw_buffer *out)
{
    const char *text = "one way";
    if (row->established > 0) {
        text = row->streaming > 0 ? "streams" : "talks";
    } else if (row->looked_up > 0) {
        text = row->looked_up > row->blocked ? "name asked" : "name blocked";
    } else if (row->refused > 0) {
        text = "refused";
    } else if (row->attempted > 0) {
        text = "tries";
    }
    cw_buffer_print(out, "%s", text);
}

bool
cw_row_is_lookup(const struct cw_destination *row)
{
    return row->looked_up > 0 && row->looked_up == row->flows;
}
