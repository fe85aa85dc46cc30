/* SPDX-License-Identifier: Apache-2.0
 *
 * The public face of the rules: thin calls into this folder.
 */
#include <stdlib.h>

#include "base/export.h"
#include "base/text.h"
#include "camwatch/rules.h"
#include "rules/facts.h"
#include "rules/match.h"
#include "rules/rules.h"

enum { MAX_HITS = 32 };

struct camwatch_rules {
    const struct cw_rules *image;
    struct cw_rules *owned; /* NULL where the image is borrowed */
};

const struct cw_rules *
cw_rules_of(const struct camwatch_rules *rules)
{
    return rules->image;
}

static int
wrap(const struct cw_rules *image, struct cw_rules *owned, struct camwatch_rules **out)
{
    struct camwatch_rules *rules = malloc(sizeof(*rules));
    if (rules == NULL) {
        free(owned);
        return CAMWATCH_ENOMEM;
    }
    *rules = (struct camwatch_rules){.image = image, .owned = owned};
    *out = rules;
    return CAMWATCH_OK;
}

CW_EXPORT int
camwatch_rules_load(const char *folder, camwatch_rules_report_fn report, void *user,
                    struct camwatch_rules **out)
{
    struct cw_rules *image;
    if (out == NULL) {
        return CAMWATCH_EINVAL;
    }
    int status = cw_rules_load(folder, report, user, &image);
    return status == CAMWATCH_OK ? wrap(image, image, out) : status;
}

CW_EXPORT int
camwatch_rules_attach(const void *block, size_t size, struct camwatch_rules **out)
{
    int status = out != NULL ? cw_image_check(block, size) : CAMWATCH_EINVAL;
    return status == CAMWATCH_OK ? wrap(block, NULL, out) : status;
}

CW_EXPORT const void *
camwatch_rules_image(const struct camwatch_rules *rules, size_t *size)
{
    *size = (size_t)rules->image->size;
    return rules->image;
}

CW_EXPORT void
camwatch_rules_free(struct camwatch_rules *rules)
{
    if (rules != NULL) {
        free(rules->owned);
        free(rules);
    }
}

static uint32_t
count_parties(const struct cw_rules *image, bool platforms)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < cw_image_n_parties(image); i++) {
        n += cw_image_parties(image)[i].is_platform == platforms;
    }
    return n;
}

static uint32_t
count_suffixes(const struct cw_rules *image)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < cw_image_n_suffixes(image); i++) {
        n += cw_image_suffixes(image)[i].row != 0;
    }
    return n;
}

CW_EXPORT void
camwatch_rules_count(const struct camwatch_rules *rules, struct camwatch_rules_counts *out)
{
    const struct cw_rules *image = rules->image;
    struct camwatch_rules_counts counts = {
        .size = out->size,
        .files = image->n_files,
        .domains = count_suffixes(image),
        .networks = cw_image_n_networks(image),
        .macs = cw_image_n_macs(image),
        .banners = cw_image_n_banners(image),
        .brands = count_parties(image, false),
        .makers = cw_image_n_makers(image),
        .platforms = count_parties(image, true),
        .lists = cw_image_n_lists(image),
        .list_entries = cw_image_n_entries(image),
        .policies = cw_image_n_policies(image),
        .image_bytes = image->size,
    };
    memcpy(out, &counts, out->size < sizeof(counts) ? out->size : sizeof(counts));
}

CW_EXPORT const char *
camwatch_rules_version(const struct camwatch_rules *rules)
{
    return rules->image->set_version;
}

static const char *
confidence_text(unsigned confidence)
{
    static const char *const texts[] = {
        [CW_CONFIDENCE_LOW] = "low",
        [CW_CONFIDENCE_MEDIUM] = "medium",
        [CW_CONFIDENCE_HIGH] = "high",
    };
    return confidence <= CW_CONFIDENCE_HIGH ? texts[confidence] : "";
}

static struct camwatch_rule
make_rule(const struct cw_rule_hit *hit)
{
    return (struct camwatch_rule){
        .size = sizeof(struct camwatch_rule),
        .id = hit->id,
        .pattern = hit->pattern,
        .where = hit->where,
        .source = hit->source,
        .vendor = hit->vendor,
        .brand = hit->brand,
        .maker = hit->maker,
        .platform = hit->platform,
        .region = hit->region,
        .confidence = confidence_text(hit->confidence),
        .role = hit->role,
        .side = hit->side,
        .device_kind = hit->device_kind,
        .is_shared = hit->is_shared,
        .is_general = hit->is_general,
    };
}

static size_t
match_any(const struct cw_rules *image, const char *what, struct cw_rule_hit *hits, size_t max)
{
    struct cw_addr addr;
    struct cw_mac mac;
    char name[256];
    if (cw_addr_parse(what, &addr)) {
        return cw_rules_match_addr(image, &addr, hits, max);
    }
    if (cw_mac_parse(cw_bytes_text(what), &mac)) {
        return cw_rules_match_mac(image, &mac, hits, max);
    }
    if (strlen(what) >= sizeof(name)) {
        return 0;
    }
    cw_text_set(name, sizeof(name), what);
    cw_text_lower(name);
    return cw_rules_match_name(image, name, hits, max);
}

CW_EXPORT size_t
camwatch_rules_explain(const struct camwatch_rules *rules, const char *what,
                       struct camwatch_rule *out, size_t max)
{
    struct cw_rule_hit hits[MAX_HITS];
    size_t n = match_any(rules->image, what, hits, max < MAX_HITS ? max : MAX_HITS);
    for (size_t i = 0; i < n; i++) {
        out[i] = make_rule(&hits[i]);
    }
    return n;
}

CW_EXPORT size_t
camwatch_rules_listings(const struct camwatch_rules *rules, const char *maker,
                        const char *brand, int64_t time_ns, struct camwatch_listing *out,
                        size_t max)
{
    return cw_rules_listings(rules->image, maker, brand, time_ns, out, max);
}

CW_EXPORT const char *
camwatch_rules_brand_owner(const struct camwatch_rules *rules, const char *brand,
                           int64_t time_ns)
{
    return cw_rules_brand_owner(rules->image, brand, time_ns);
}

CW_EXPORT const char *
camwatch_rules_owner(const struct camwatch_rules *rules, const char *maker, int64_t time_ns)
{
    return cw_rules_owner(rules->image, maker, time_ns);
}

CW_EXPORT int64_t
camwatch_rules_verified(const struct camwatch_rules *rules, const char **list)
{
    int32_t day = cw_rules_verified(rules->image, list);
    return day == INT32_MIN ? 0 : day * (86400 * 1000000000LL);
}
