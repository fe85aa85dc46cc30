/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "base/text.h"
#include "inventory/device.h"

/* model/verdict.h works on struct cw_evidence; pieces are unpacked for it and packed again only
 * when something changed. The capture's name rides in cw_evidence.file as a label. */

static struct cw_evidence
unpack(const struct cw_piece *piece)
{
    struct cw_evidence e = {
        .kind = piece->kind,
        .points = piece->points,
        .subject = piece->subject,
        .side = piece->side,
        .origin = piece->origin,
        .role = piece->role,
        .path = piece->path,
        .device_kind = piece->device_kind,
        .is_surveillance = piece->is_surveillance & 1u,
        .is_shared = piece->is_shared & 1u,
        .is_maker_likely = piece->is_maker_likely & 1u,
        .vendor = piece->vendor,
        .platform = piece->platform,
        .brand = piece->brand,
        .maker = piece->maker,
        .rule = piece->rule,
        .file = piece->file,
        .frame = piece->frame,
        .time_ns = piece->time_ns,
    };
    cw_text_set(e.seen, sizeof(e.seen), piece->seen);
    return e;
}

static struct cw_piece
pack(const struct cw_evidence *e)
{
    return (struct cw_piece){
        .kind = e->kind,
        .points = e->points,
        .subject = e->subject,
        .side = e->side,
        .origin = e->origin,
        .role = e->role,
        .path = e->path,
        .device_kind = e->device_kind,
        .is_surveillance = e->is_surveillance,
        .is_shared = e->is_shared,
        .is_maker_likely = e->is_maker_likely,
        .vendor = e->vendor,
        .platform = e->platform,
        .brand = e->brand,
        .maker = e->maker,
        .rule = e->rule,
        .file = (cw_label)e->file,
        .frame = e->frame,
        .time_ns = e->time_ns,
        .seen = e->seen[0] ? strdup(e->seen) : NULL,
    };
}

static size_t
unpack_all(const struct cw_inv_device *device, struct cw_evidence out[CW_DEVICE_PIECES])
{
    for (unsigned i = 0; i < device->n_pieces; i++) {
        out[i] = unpack(&device->pieces[i]);
    }
    return device->n_pieces;
}

static int
better_first(const void *left, const void *right)
{
    const struct cw_evidence *a = left, *b = right;
    if (a->points != b->points) {
        return a->points > b->points ? -1 : 1;
    }
    if (a->time_ns != b->time_ns) {
        return a->time_ns < b->time_ns ? -1 : 1;
    }
    return a->rule != b->rule ? (a->rule < b->rule ? -1 : 1) : 0;
}

static void
pack_all(struct cw_inv_device *device, struct cw_evidence *list, size_t n)
{
    struct cw_piece *pieces = calloc(n, sizeof(*pieces));
    if (!pieces) {
        return;
    }
    qsort(list, n, sizeof(*list), better_first);
    for (size_t i = 0; i < n; i++) {
        pieces[i] = pack(&list[i]);
    }
    for (unsigned i = 0; i < device->n_pieces; i++) {
        free(device->pieces[i].seen);
    }
    free(device->pieces);
    device->pieces = pieces;
    device->n_pieces = (uint8_t)n;
}

static bool
names_nobody(const struct cw_record_names *names)
{
    return !names->vendor[0] && !names->platform[0] && !names->brand[0] && !names->maker[0];
}

static struct cw_evidence
from_record(struct cw_labels *labels, const struct cw_record_device *record, size_t i,
            const char *file)
{
    const struct cw_record_evidence *in = &record->evidence[i];
    const struct cw_record_names *names = &record->names[i];
    struct cw_evidence e = {
        .kind = in->kind < CAMWATCH_N_EVIDENCE_KINDS ? in->kind : CAMWATCH_EVIDENCE_NONE,
        .points = in->points > 99 ? 99 : in->points,
        .subject = in->subject,
        .side = in->side,
        .origin = in->origin,
        .role = in->role,
        .path = in->path,
        .device_kind = in->device_kind,
        .is_surveillance = in->is_surveillance & 1u,
        .is_shared = in->is_shared & 1u,
        .is_maker_likely = in->is_maker_likely & 1u,
        .vendor = cw_labels_intern(labels, names->vendor),
        .platform = cw_labels_intern(labels, names->platform),
        .brand = cw_labels_intern_foreign(labels, names->brand),
        .maker = cw_labels_intern_foreign(labels, names->maker),
        .rule = cw_labels_intern(labels, in->rule),
        .file = cw_labels_intern(labels, file),
        .frame = in->frame,
        .time_ns = in->time_ns,
    };
    cw_text_set(e.seen, sizeof(e.seen), in->seen);
    return e;
}

/* A sender that names nobody anywhere leaves it to its verdict. */
static void
name_from_verdict(struct cw_labels *labels, const struct cw_record_device *record,
                  struct cw_evidence *e)
{
    for (size_t i = 0; i < record->n_evidence; i++) {
        if (!names_nobody(&record->names[i])) {
            return;
        }
    }
    e->vendor = cw_labels_intern(labels, record->device.vendor);
    e->platform = cw_labels_intern(labels, record->device.platform);
    e->brand = cw_labels_intern(labels, record->device.brand);
    e->maker = cw_labels_intern(labels, record->device.maker);
    if (!e->device_kind) {
        e->device_kind = record->device.device_kind;
    }
}

void
cw_device_add_evidence(struct cw_inv_device *device, struct cw_labels *labels,
                       const struct cw_record_device *record, const char *file, bool claimed)
{
    struct cw_evidence list[CW_DEVICE_PIECES];
    size_t n = unpack_all(device, list);
    bool is_changed = false;
    for (size_t i = 0; i < record->n_evidence && i < CW_RECORD_EVIDENCE; i++) {
        struct cw_evidence e = from_record(labels, record, i, file);
        name_from_verdict(labels, record, &e);
        bool fits = (e.subject & CW_SUBJECT_DEVICE) && e.kind != CAMWATCH_EVIDENCE_NONE;
        if (fits && (claimed || e.origin != CAMWATCH_ORIGIN_CLAIMED)) {
            is_changed |= cw_evidence_add(list, &n, CW_DEVICE_PIECES, &e);
        }
    }
    if (is_changed) {
        pack_all(device, list, n);
        cw_device_weigh(device);
    }
}

static bool
is_mac_kind(unsigned kind)
{
    return kind == CAMWATCH_EVIDENCE_MAC_CAMERA || kind == CAMWATCH_EVIDENCE_MAC_GENERAL;
}

/* An OEM brand under another maker's prefix is no contradiction (corrections.md, rules of
 * evidence): once something proves the brand, a MAC prefix supports and does not name. Gives the
 * maker of the prefix back, with its points, for the case that nothing else names one. */
static struct cw_evidence
silence_mac(struct cw_evidence *list, size_t n)
{
    struct cw_evidence best = {0};
    bool proves_brand = false;
    for (size_t i = 0; i < n; i++) {
        proves_brand |= list[i].brand && !is_mac_kind(list[i].kind) && list[i].points >= 50 &&
                        !cw_evidence_is_called_brand(&list[i]);
    }
    for (size_t i = 0; proves_brand && i < n; i++) {
        if (is_mac_kind(list[i].kind)) {
            best = list[i].points > best.points ? list[i] : best;
            list[i].maker = list[i].vendor = list[i].brand = 0;
        }
    }
    return best;
}

void
cw_device_weigh(struct cw_inv_device *device)
{
    struct cw_evidence list[CW_DEVICE_PIECES];
    size_t n = unpack_all(device, list);
    struct cw_evidence prefix = silence_mac(list, n);
    struct cw_verdict v = cw_verdict_weigh(list, n, CW_SUBJECT_DEVICE);
    if (!v.maker && v.band >= CAMWATCH_BAND_LIKELY && prefix.points >= 50) {
        v.maker = prefix.maker;
        v.maker_confidence = prefix.points;
    }
    device->confidence = v.confidence;
    device->band = v.band;
    device->brand = v.brand;
    device->maker = v.maker;
    device->maker_confidence = v.maker_confidence;
    device->kind = device->self_kind ? device->self_kind : v.device_kind;
    device->is_surveillance = v.is_surveillance && !device->is_gateway;
}

void
cw_device_drop_mac_evidence(struct cw_inv_device *device)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < device->n_pieces; i++) {
        if (is_mac_kind(device->pieces[i].kind)) {
            free(device->pieces[i].seen);
        } else {
            device->pieces[kept++] = device->pieces[i];
        }
    }
    device->n_pieces = (uint8_t)kept;
}
