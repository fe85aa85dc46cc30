/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/labels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { MAX_LABELS = 65535, MAX_FOREIGN = 4096 };

struct cw_labels {
    char **names;    /* [count + 1], names[0] unused */
    uint16_t *slots; /* open addressing, 0 free, size a power of two */
    uint32_t n_slots;
    uint32_t count;
    uint32_t foreign; /* of them, chosen by strangers */
};

static const struct cw_hash_key key = {0x6c61, 0x6265};

struct cw_labels *
cw_labels_new(void)
{
    struct cw_labels *labels = calloc(1, sizeof(*labels));
    if (!labels) {
        return NULL;
    }
    labels->n_slots = 512;
    labels->slots = calloc(labels->n_slots, sizeof(*labels->slots));
    labels->names = calloc(labels->n_slots, sizeof(*labels->names));
    if (!labels->slots || !labels->names) {
        cw_labels_free(labels);
        return NULL;
    }
    return labels;
}

void
cw_labels_free(struct cw_labels *labels)
{
    if (!labels) {
        return;
    }
    for (uint32_t i = 1; labels->names && i <= labels->count; i++) {
        free(labels->names[i]);
    }
    free(labels->names);
    free(labels->slots);
    free(labels);
}

static uint32_t
find_slot(const struct cw_labels *labels, const char *name)
{
    uint32_t mask = labels->n_slots - 1, at = (uint32_t)cw_hash(key, name, strlen(name)) & mask;
    while (labels->slots[at] != 0 && strcmp(labels->names[labels->slots[at]], name) != 0) {
        at = (at + 1) & mask;
    }
    return at;
}

/* Double both arrays; on failure the table stays as it was. */
static bool
grow(struct cw_labels *labels)
{
    uint32_t size = labels->n_slots * 2;
    uint16_t *slots = calloc(size, sizeof(*slots));
    char **names = calloc(size, sizeof(*names));
    if (!slots || !names) {
        free(slots);
        free(names);
        return false;
    }
    memcpy(names, labels->names, (labels->count + 1) * sizeof(*names));
    free(labels->slots);
    free(labels->names);
    labels->slots = slots;
    labels->names = names;
    labels->n_slots = size;
    for (uint32_t i = 1; i <= labels->count; i++) {
        slots[find_slot(labels, names[i])] = (uint16_t)i;
    }
    return true;
}

cw_label
cw_labels_intern(struct cw_labels *labels, const char *name)
{
    if (!name || name[0] == '\0') {
        return 0;
    }
    uint32_t at = find_slot(labels, name);
    if (labels->slots[at] != 0) {
        return labels->slots[at];
    }
    if (labels->count == MAX_LABELS) {
        return 0;
    }
    if ((labels->count + 2) * 2 > labels->n_slots) {
        if (!grow(labels)) {
            return 0;
        }
        at = find_slot(labels, name);
    }
    char *copy = strdup(name);
    if (!copy) {
        return 0;
    }
    labels->names[++labels->count] = copy;
    labels->slots[at] = (uint16_t)labels->count;
    return (cw_label)labels->count;
}

const char *
cw_labels_text(const struct cw_labels *labels, cw_label label)
{
    return label == 0 || label > labels->count ? "" : labels->names[label];
}

cw_label
cw_labels_intern_foreign(struct cw_labels *labels, const char *name)
{
    if (!name || name[0] == '\0') {
        return 0;
    }
    cw_label known = labels->slots[find_slot(labels, name)];
    if (known != 0) {
        return known;
    }
    if (labels->foreign == MAX_FOREIGN) {
        return 0;
    }
    labels->foreign++;
    return cw_labels_intern(labels, name);
}
