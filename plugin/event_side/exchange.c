/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules, assets and geo are exchanged while events are made.
 */
#define _GNU_SOURCE
#include "event_side/side.h"

void
cw_events_on_geo(void *user, const char *text)
{
    cw_events_log(user, text);
}

int
camwatch_publisher_set_rules(struct camwatch_publisher *p, const struct camwatch_rules *rules)
{
    struct cw_enrich *enrich = cw_enrich_new(rules, p->geo);
    if (!enrich) {
        return CAMWATCH_ENOMEM;
    }
    if (!cw_policies_set_rules(p->policies, cw_rules_of(rules),
                               camwatch_rules_version(rules))) {
        cw_enrich_free(enrich);
        return CAMWATCH_ENOMEM;
    }
    cw_enrich_free(p->enrich);
    p->enrich = enrich;
    p->settings.rules = rules;
    return CAMWATCH_OK;
}

int
camwatch_publisher_reload_assets(struct camwatch_publisher *p, struct camwatch_error *error)
{
    struct cw_assets *fresh = NULL;
    error->text[0] = '\0';
    if (!p->settings.assets_file) {
        return CAMWATCH_OK;
    }
    int status = cw_assets_load(p->settings.assets_file, &fresh, error);
    if (status != CAMWATCH_OK) {
        return status;
    }
    cw_inventory_set_assets(p->inventory, fresh);
    cw_assets_free(p->assets);
    p->assets = fresh;
    return CAMWATCH_OK;
}

/* All that can be opened, or none: half a set would leave out what the old one knew. */
static int
exchange_geo(struct camwatch_publisher *p)
{
    struct cw_geo *geo = cw_geo_new(p->settings.geo_files, cw_events_on_geo, p);
    bool is_whole = geo && cw_geo_refused(geo) == 0;
    struct cw_enrich *enrich = is_whole ? cw_enrich_new(p->settings.rules, geo) : NULL;
    if (!enrich) {
        cw_geo_free(geo);
        return !geo || is_whole ? CAMWATCH_ENOMEM : CAMWATCH_ECORRUPT;
    }
    cw_enrich_free(p->enrich);
    cw_geo_free(p->geo);
    p->enrich = enrich;
    p->geo = geo;
    return CAMWATCH_OK;
}

int
camwatch_publisher_reload_geo(struct camwatch_publisher *p, bool only_if_changed)
{
    uint64_t files = cw_geo_fingerprint(p->settings.geo_files);
    bool is_settled = files == p->geo_seen;
    p->geo_seen = files;
    if (only_if_changed && (files == p->geo_files || !is_settled)) {
        return CAMWATCH_EAGAIN;
    }
    p->geo_files = files; /* also where they are refused: once is enough to say so */
    return exchange_geo(p);
}

size_t
camwatch_publisher_geo_sources(const struct camwatch_publisher *p,
                               struct camwatch_geo_source *out, size_t max)
{
    return cw_geo_sources(p->geo, out, max);
}
