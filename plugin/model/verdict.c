/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verdict.h"

#include <string.h>

/* All pieces that speak for one name, the best of each kind. */
struct claim {
    cw_label name; /* vendor (or platform) of a service, maker of a device */
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

static size_t
collect_claims(const struct cw_evidence *list, size_t n, unsigned subject, struct claim claims[MAX_CLAIMS])
{
    size_t n_claims = 0;
    for (size_t i = 0; i < n; i++) {
        cw_label name = name_of(&list[i], subject);
        if (!(list[i].subject & subject) || name == 0) {
            continue;
        }
        size_t at = 0;
        while (at < n_claims && claims[at].name != name) {
            at++;
        }
        if (at == MAX_CLAIMS) {
            continue;
        }
        if (at == n_claims) {
            claims[n_claims++] = (struct claim){.name = name};
        }
        keep_best(claims[at].best, &list[i]);
    }
    return n_claims;
}

/* Pieces that name nobody (a kind, a role) and pieces on a shared platform support every name. */
static void
add_support(const struct cw_evidence *list, size_t n, unsigned subject, struct claim *claim)
{
    for (size_t i = 0; i < n; i++) {
        bool names_nobody = name_of(&list[i], subject) == 0;
        if ((list[i].subject & subject) && (names_nobody || list[i].is_shared)) {
            keep_best(claim->best, &list[i]);
        }
    }
}

static bool
is_shared_claim(const struct cw_evidence *list, size_t n, unsigned subject, cw_label name)
{
    for (size_t i = 0; i < n; i++) {
        if ((list[i].subject & subject) && name_of(&list[i], subject) == name && !list[i].is_shared) {
            return false;
        }
    }
    return true;
}

/* Strongest claim; a vendor's own goes before a shared platform's. Returns its confidence. */
static unsigned
choose(const struct cw_evidence *list, size_t n, unsigned subject, cw_label *name)
{
    struct claim claims[MAX_CLAIMS] = {{0}};
    size_t n_claims = collect_claims(list, n, subject, claims);
    unsigned best = 0, second = 0;
    bool best_is_shared = true;
    *name = 0;
    for (size_t i = 0; i < n_claims; i++) {
        bool is_shared = is_shared_claim(list, n, subject, claims[i].name);
        add_support(list, n, subject, &claims[i]);
        unsigned points = combine(claims[i].best);
        bool is_better = *name == 0 || (best_is_shared && !is_shared && points >= 50) ||
                         (points > best && (best_is_shared || !is_shared || best < 50));
        unsigned loser = is_better ? best : points;
        bool contradicts = *name != 0 && !is_shared && !best_is_shared;
        if (contradicts && loser > second) {
            second = loser;
        }
        if (is_better) {
            *name = claims[i].name;
            best = points;
            best_is_shared = is_shared;
        }
    }
    if (*name == 0) {
        struct claim nobody = {0};
        add_support(list, n, subject, &nobody);
        return combine(nobody.best);
    }
    unsigned loss = second / 2;
    return best > loss ? best - loss : 0;
}

/* Facts other than names come from the strongest piece that knows them. */
static void
take_facts(struct cw_verdict *v, const struct cw_evidence *list, size_t n, unsigned subject, cw_label name)
{
    unsigned role = 0, path = 0, side = 0, kind = 0, brand = 0, platform = 0, maker = 0;
    for (size_t i = 0; i < n; i++) {
        const struct cw_evidence *e = &list[i];
        bool fits = name == 0 || name_of(e, subject) == name || name_of(e, subject) == 0 || e->is_shared;
        if (!(e->subject & subject) || !fits) {
            continue;
        }
        v->is_surveillance |= e->is_surveillance;
#define TAKE(best, value, none, into)                                                                \
    if ((value) != (none) && e->points > (best)) {                                                   \
        (best) = e->points;                                                                          \
        (into) = (value);                                                                            \
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

/* The maker stands as sure as what names it; a brand's likely maker (OEM) is never more than likely. */
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
        if ((e->subject & CW_SUBJECT_DEVICE) && names_it) {
            keep_best(best, e);
            is_proven |= !e->is_maker_likely && e->points >= 80;
        }
    }
    unsigned points = combine(best);
    points = points > v->confidence ? v->confidence : points;
    v->maker_confidence =
        (uint8_t)(is_proven || points < LIKELY_MAKER_MAX ? points : LIKELY_MAKER_MAX);
}

struct cw_verdict
cw_verdict_weigh(const struct cw_evidence *evidence, size_t n, unsigned subject)
{
    struct cw_verdict v = {0};
    cw_label name;
    v.confidence = (uint8_t)choose(evidence, n, subject, &name);
    v.band = (uint8_t)cw_verdict_band(v.confidence);
    take_facts(&v, evidence, n, subject, name);
    if (v.band < CAMWATCH_BAND_LIKELY) {
        v.brand = v.maker = v.platform = 0;
        return v;
    }
    if (subject == CW_SUBJECT_DEVICE) {
        settle_maker(&v, evidence, n, name);
        return v;
    }
    bool is_platform = name != 0 && is_shared_claim(evidence, n, subject, name);
    v.vendor = is_platform ? 0 : name;
    return v;
}

static bool
is_same_piece(const struct cw_evidence *a, const struct cw_evidence *b)
{
    return a->kind == b->kind && a->subject == b->subject && a->rule == b->rule &&
           a->vendor == b->vendor && a->maker == b->maker && a->platform == b->platform;
}

static bool
knows_more(const struct cw_evidence *old, const struct cw_evidence *piece)
{
    return piece->points > old->points || (piece->brand && !old->brand) ||
           (piece->device_kind && !old->device_kind) || (piece->is_surveillance && !old->is_surveillance) ||
           (piece->side && !old->side) || (piece->role && !old->role);
}

bool
cw_evidence_add(struct cw_evidence *list, size_t *n, size_t max, const struct cw_evidence *piece)
{
    size_t weakest = 0;
    for (size_t i = 0; i < *n; i++) {
        if (is_same_piece(&list[i], piece)) {
            if (!knows_more(&list[i], piece)) {
                return false;
            }
            list[i] = *piece;
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
