/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verdict.h"

#include <string.h>

/* All pieces that speak for one name, the best of each kind. */
struct claim {
    cw_label name;  /* vendor (or platform) of a service, group or maker of a device */
    cw_label group; /* that the name belongs to, 0 none */
    bool is_shared; /* a platform: others of its users are no contradiction */
    unsigned own;   /* points of its own pieces */
    unsigned all;   /* with what supports it */
    unsigned best[CAMWATCH_N_EVIDENCE_KINDS];
};

enum { MAX_CLAIMS = 8 };

unsigned
cw_verdict_band(unsigned confidence)
{
    return confidence >= 80   ? CAMWATCH_BAND_CONFIRMED
           : confidence >= 50 ? CAMWATCH_BAND_LIKELY
           : confidence > 0   ? CAMWATCH_BAND_HINT
                              : CAMWATCH_BAND_NONE;
}

/* 100 (1 - product(1 - p/100)), in whole points, at most 99. */
static unsigned
combine(const unsigned best[CAMWATCH_N_EVIDENCE_KINDS])
{
    double doubt = 1.0;
    for (unsigned kind = 0; kind < CAMWATCH_N_EVIDENCE_KINDS; kind++) {
        doubt *= 1.0 - best[kind] / 100.0;
    }
    unsigned points = (unsigned)(100.0 * (1.0 - doubt) + 0.5);
    return points > 99 ? 99 : points;
}

static bool
speaks_of(const struct cw_evidence *e, unsigned subject)
{
    return (e->subject & subject) &&
           !(subject == CW_SUBJECT_DEVICE && cw_evidence_is_called_brand(e));
}

/* Makers of one group do not contradict each other. */
static cw_label
name_of(const struct cw_evidence *e, unsigned subject)
{
    if (subject == CW_SUBJECT_DEVICE) {
        return e->vendor ? e->vendor : e->maker;
    }
    return e->vendor ? e->vendor : e->platform;
}

static void
keep_best(unsigned best[CAMWATCH_N_EVIDENCE_KINDS], const struct cw_evidence *e)
{
    if (e->points > best[e->kind]) {
        best[e->kind] = e->points;
    }
}

static struct claim *
find_claim(struct claim claims[MAX_CLAIMS], size_t *n, cw_label name)
{
    for (size_t i = 0; i < *n; i++) {
        if (claims[i].name == name) {
            return &claims[i];
        }
    }
    if (*n == MAX_CLAIMS) {
        return NULL;
    }
    claims[*n] = (struct claim){.name = name, .is_shared = true};
    return &claims[(*n)++];
}

static size_t
collect_claims(const struct cw_evidence *list, size_t n, unsigned subject,
               struct claim claims[MAX_CLAIMS])
{
    size_t n_claims = 0;
    for (size_t i = 0; i < n; i++) {
        cw_label name = name_of(&list[i], subject);
        struct claim *claim = speaks_of(&list[i], subject) && name != 0
                                  ? find_claim(claims, &n_claims, name)
                                  : NULL;
        if (claim) {
            keep_best(claim->best, &list[i]);
            claim->group = list[i].group ? list[i].group : claim->group;
            claim->is_shared &= list[i].is_shared;
            claim->own = combine(claim->best);
        }
    }
    return n_claims;
}

/* A brand and its group's own protocol agree. */
static bool
is_related(const struct claim *a, const struct claim *b)
{
    return a->name == b->name || a->group == b->name || b->group == a->name ||
           (a->group != 0 && a->group == b->group);
}

/* Pieces that name nobody (a kind, a role), pieces on a shared platform and those of the same group
 * support a name. */
static void
add_support(const struct cw_evidence *list, size_t n, unsigned subject, struct claim *claim)
{
    for (size_t i = 0; i < n; i++) {
        struct claim of = {.name = name_of(&list[i], subject), .group = list[i].group};
        if (speaks_of(&list[i], subject) &&
            (of.name == 0 || list[i].is_shared || is_related(claim, &of))) {
            keep_best(claim->best, &list[i]);
        }
    }
    claim->all = combine(claim->best);
}

/* A vendor goes before a shared platform, then the stronger, then the one that says more. */
static bool
is_better(const struct claim *a, const struct claim *b)
{
    bool a_names = !a->is_shared && a->all >= 50, b_names = !b->is_shared && b->all >= 50;
    if (a_names != b_names) {
        return a_names;
    }
    return a->all != b->all ? a->all > b->all : a->group != 0 && b->group == 0;
}

/* Half of the strongest contradiction. */
static unsigned
loss_of(const struct claim *chosen, const struct claim claims[MAX_CLAIMS], size_t n)
{
    unsigned most = 0;
    for (size_t i = 0; i < n; i++) {
        bool contradicts =
            !claims[i].is_shared && !chosen->is_shared && !is_related(chosen, &claims[i]);
        if (contradicts && claims[i].own > most) {
            most = claims[i].own;
        }
    }
    return most / 2;
}

/* The name that stands, and its confidence. */
static unsigned
choose(const struct cw_evidence *list, size_t n, unsigned subject, struct claim *out)
{
    struct claim claims[MAX_CLAIMS] = {{0}};
    size_t n_claims = collect_claims(list, n, subject, claims);
    *out = (struct claim){0};
    if (n_claims == 0) {
        add_support(list, n, subject, out);
        return out->all;
    }
    size_t best = 0;
    for (size_t i = 0; i < n_claims; i++) {
        add_support(list, n, subject, &claims[i]);
        best = is_better(&claims[i], &claims[best]) ? i : best;
    }
    unsigned loss = loss_of(&claims[best], claims, n_claims);
    *out = claims[best];
    return out->all > loss ? out->all - loss : 0;
}

/* Facts other than names come from the strongest piece that knows them. */
static void
take_facts(struct cw_verdict *v, const struct cw_evidence *list, size_t n, unsigned subject,
           const struct claim *chosen)
{
    unsigned role = 0, path = 0, side = 0, kind = 0, brand = 0, platform = 0, maker = 0;
    for (size_t i = 0; i < n; i++) {
        const struct cw_evidence *e = &list[i];
        struct claim of = {.name = name_of(e, subject), .group = e->group};
        bool fits =
            chosen->name == 0 || of.name == 0 || e->is_shared || is_related(chosen, &of);
        if (!speaks_of(e, subject) || !fits) {
            continue;
        }
        v->is_surveillance |= e->is_surveillance;
#define TAKE(best, value, none, into)                                                          \
    if ((value) != (none) && e->points > (best)) {                                             \
        (best) = e->points;                                                                    \
        (into) = (value);                                                                      \
    }
        TAKE(role, e->role, CAMWATCH_ROLE_NONE, v->role)
        TAKE(path, e->path, CAMWATCH_PATH_NONE, v->path)
        TAKE(side, e->side, CAMWATCH_SIDE_UNKNOWN, v->side)
        TAKE(kind, e->device_kind, CAMWATCH_KIND_UNKNOWN, v->device_kind)
        TAKE(brand, e->brand, 0, v->brand)
        TAKE(platform, e->platform, 0, v->platform)
        TAKE(maker, e->maker, 0, v->maker)
#undef TAKE
    }
}

/* The maker stands as sure as what names it; a brand's likely maker (OEM) is never more than
 * likely. */
static void
settle_maker(struct cw_verdict *v, const struct cw_evidence *list, size_t n, cw_label name)
{
    enum { LIKELY_MAKER_MAX = 65 };

    unsigned best[CAMWATCH_N_EVIDENCE_KINDS] = {0};
    bool is_proven = false;
    v->maker = v->maker ? v->maker : name;
    if (v->maker == 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct cw_evidence *e = &list[i];
        bool names_it = e->maker == v->maker || e->vendor == v->maker;
        if (speaks_of(e, CW_SUBJECT_DEVICE) && names_it) {
            keep_best(best, e);
            is_proven |= !e->is_maker_likely && e->points >= 80;
        }
    }
    unsigned points = combine(best);
    points = points > v->confidence ? v->confidence : points;
    v->maker_confidence =
        (uint8_t)(is_proven || points < LIKELY_MAKER_MAX ? points : LIKELY_MAKER_MAX);
}

/* Something that is likely at least names another maker than the brand's. An OEM brand's maker is a
 * guess, and a MAC prefix names the maker of a module as often: neither contradicts. */
static bool
is_contradicted(const struct cw_evidence *called, const struct cw_evidence *list, size_t n)
{
    struct claim brand = {.name = name_of(called, CW_SUBJECT_DEVICE), .group = called->group};
    for (size_t i = 0; i < n && brand.name != 0 && !called->is_maker_likely; i++) {
        const struct cw_evidence *e = &list[i];
        struct claim of = {.name = name_of(e, CW_SUBJECT_DEVICE), .group = e->group};
        bool is_mac =
            e->kind == CAMWATCH_EVIDENCE_MAC_CAMERA || e->kind == CAMWATCH_EVIDENCE_MAC_GENERAL;
        if (speaks_of(e, CW_SUBJECT_DEVICE) && !is_mac && !e->is_shared && e->points >= 50 &&
            of.name != 0 && !is_related(&brand, &of)) {
            return true;
        }
    }
    return false;
}

/* The one brand whose names the device calls; NULL where it calls those of two, or none. */
static const struct cw_evidence *
find_called_brand(const struct cw_evidence *list, size_t n)
{
    const struct cw_evidence *found = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!cw_evidence_is_called_brand(&list[i]) || list[i].points < 50) {
            continue;
        }
        if (found && found->brand != list[i].brand) {
            return NULL;
        }
        found = &list[i];
    }
    return found;
}

/* What is confirmed as a surveillance device without it, and names no brand of itself, is of the
 * brand whose names it calls; of its maker too, where nothing better names one. */
static void
take_called_brand(struct cw_verdict *v, const struct cw_evidence *list, size_t n)
{
    const struct cw_evidence *called = find_called_brand(list, n);
    if (!called || v->brand != 0 || v->band < CAMWATCH_BAND_CONFIRMED || !v->is_surveillance ||
        is_contradicted(called, list, n)) {
        return;
    }
    v->brand = called->brand;
    unsigned enough = called->is_maker_likely ? 50 : called->points;
    if (called->maker != 0 && v->maker_confidence < enough) {
        v->maker = called->maker;
        v->maker_confidence = called->points;
    }
}

struct cw_verdict
cw_verdict_weigh(const struct cw_evidence *evidence, size_t n, unsigned subject)
{
    struct cw_verdict v = {0};
    struct claim chosen;
    v.confidence = (uint8_t)choose(evidence, n, subject, &chosen);
    v.band = (uint8_t)cw_verdict_band(v.confidence);
    take_facts(&v, evidence, n, subject, &chosen);
    if (v.band < CAMWATCH_BAND_LIKELY) {
        v.brand = v.maker = v.platform = 0;
        return v;
    }
    if (subject == CW_SUBJECT_DEVICE) {
        settle_maker(&v, evidence, n, chosen.name);
        take_called_brand(&v, evidence, n);
        return v;
    }
    v.vendor = chosen.is_shared ? 0 : chosen.name;
    return v;
}

static bool
is_same_piece(const struct cw_evidence *a, const struct cw_evidence *b)
{
    if (cw_evidence_is_called_brand(a) && cw_evidence_is_called_brand(b)) {
        return a->brand == b->brand; /* one name of a brand is enough */
    }
    return a->kind == b->kind && a->subject == b->subject && a->rule == b->rule &&
           a->vendor == b->vendor && a->maker == b->maker && a->platform == b->platform;
}

/* The same source says another brand than before: a box that was relabelled or written anew. */
static bool
is_other_brand(const struct cw_evidence *old, const struct cw_evidence *piece)
{
    return piece->brand && old->brand && piece->brand != old->brand &&
           piece->points >= old->points && piece->time_ns > old->time_ns;
}

static bool
knows_more(const struct cw_evidence *old, const struct cw_evidence *piece)
{
    return is_other_brand(old, piece) || piece->points > old->points ||
           (piece->brand && !old->brand) || (piece->device_kind && !old->device_kind) ||
           (piece->is_surveillance && !old->is_surveillance) || (piece->side && !old->side) ||
           (piece->role && !old->role);
}

/* What the better of two pieces does not tell, the other may. */
static struct cw_evidence
join_pieces(const struct cw_evidence *old, const struct cw_evidence *piece)
{
    bool is_better = piece->points >= old->points;
    struct cw_evidence best = is_better ? *piece : *old;
    const struct cw_evidence *other = is_better ? old : piece;
    best.brand = best.brand ? best.brand : other->brand;
    best.device_kind = best.device_kind ? best.device_kind : other->device_kind;
    best.side = best.side ? best.side : other->side;
    best.role = best.role ? best.role : other->role;
    best.is_surveillance |= other->is_surveillance;
    return best;
}

bool
cw_evidence_add(struct cw_evidence *list, size_t *n, size_t max,
                const struct cw_evidence *piece)
{
    size_t weakest = 0;
    for (size_t i = 0; i < *n; i++) {
        if (is_same_piece(&list[i], piece)) {
            if (!knows_more(&list[i], piece)) {
                return false;
            }
            list[i] = join_pieces(&list[i], piece);
            return true;
        }
        if (list[i].points < list[weakest].points) {
            weakest = i;
        }
    }
    if (*n < max) {
        list[(*n)++] = *piece;
        return true;
    }
    if (list[weakest].points >= piece->points) {
        return false;
    }
    list[weakest] = *piece;
    return true;
}
