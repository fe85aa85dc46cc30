/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/enrich.h"

#include <stdlib.h>

#include "base/text.h"
#include "publish/event.h"

enum { MAX_LISTS = 16 };

struct cw_enrich {
    const struct camwatch_rules *rules;
    struct cw_geo *geo;
};

/* The fields of one end. */
struct end {
    enum camwatch_field country, city, location, asn, as_org;
};

static const struct end source_end = {CAMWATCH_FIELD_SOURCE_COUNTRY, CAMWATCH_FIELD_SOURCE_CITY,
                                      CAMWATCH_FIELD_SOURCE_LOCATION, CAMWATCH_FIELD_SOURCE_ASN,
                                      CAMWATCH_FIELD_SOURCE_AS_ORG};
static const struct end destination_end = {
    CAMWATCH_FIELD_DESTINATION_COUNTRY, CAMWATCH_FIELD_DESTINATION_CITY,
    CAMWATCH_FIELD_DESTINATION_LOCATION, CAMWATCH_FIELD_DESTINATION_ASN,
    CAMWATCH_FIELD_DESTINATION_AS_ORG};

struct cw_enrich *
cw_enrich_new(const struct camwatch_rules *rules, struct cw_geo *geo)
{
    struct cw_enrich *enrich = calloc(1, sizeof(*enrich));
    if (enrich) {
        enrich->rules = rules;
        enrich->geo = geo;
    }
    return enrich;
}

void
cw_enrich_free(struct cw_enrich *enrich)
{
    free(enrich);
}

static void
set_end(struct camwatch_event *event, const struct end *end, const struct cw_place *place)
{
    cw_event_set_text(event, end->country, place->country);
    cw_event_set_text(event, end->city, place->city);
    cw_event_set_text(event, end->location, place->location);
    if (place->asn) {
        cw_event_set_number(event, end->asn, place->asn);
        cw_event_set_text(event, end->as_org, place->as_org);
    }
}

static void
set_peer(struct camwatch_event *event, const struct cw_place *place)
{
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_COUNTRY, place->country);
    if (place->asn) {
        cw_event_set_number(event, CAMWATCH_FIELD_PEER_ASN, place->asn);
    }
}

const char *
cw_owner_of(const struct camwatch_rules *rules, const char *brand, const char *maker,
            int64_t time_ns)
{
    const char *owner = camwatch_rules_brand_owner(rules, brand, time_ns);
    return owner ? owner : camwatch_rules_owner(rules, maker, time_ns);
}

static bool
is_unset(const struct camwatch_event *event, enum camwatch_field field)
{
    return camwatch_event_text(event, field)[0] == '\0';
}

static void
set_lists(const struct cw_enrich *enrich, struct camwatch_event *event, const char *maker,
          const char *brand)
{
    struct camwatch_listing listings[MAX_LISTS];
    const char *names[MAX_LISTS];
    size_t n = camwatch_rules_listings(enrich->rules, maker, brand, camwatch_event_time(event),
                                       listings, MAX_LISTS);
    size_t n_names = 0;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(listings[i].status, "verified") == 0) { /* others accuse nobody */
            names[n_names++] = listings[i].list;
        }
    }
    cw_event_set_list(event, CAMWATCH_FIELD_DEVICE_LISTS, names, n_names);
}

/* Owners and lists hold at a date: the event's. */
static void
set_maker_facts(const struct cw_enrich *enrich, struct camwatch_event *event)
{
    char maker[128], brand[128];
    cw_text_set(maker, sizeof(maker), camwatch_event_text(event, CAMWATCH_FIELD_DEVICE_MAKER));
    cw_text_set(brand, sizeof(brand), camwatch_event_text(event, CAMWATCH_FIELD_DEVICE_BRAND));
    if (!enrich->rules || (maker[0] == '\0' && brand[0] == '\0')) {
        return;
    }
    if (is_unset(event, CAMWATCH_FIELD_DEVICE_OWNER)) {
        cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_OWNER,
                          cw_owner_of(enrich->rules, brand, maker, camwatch_event_time(event)));
    }
    if (is_unset(event, CAMWATCH_FIELD_DEVICE_LISTS)) {
        set_lists(enrich, event, maker, brand);
    }
}

void
cw_enrich_flow(struct cw_enrich *enrich, struct camwatch_event *event,
               const struct cw_record_flow *flow)
{
    struct cw_place source, destination;
    if (cw_geo_lookup(enrich->geo, &flow->src, &source)) {
        set_end(event, &source_end, &source);
    }
    if (cw_geo_lookup(enrich->geo, &flow->dst, &destination)) {
        set_end(event, &destination_end, &destination);
    }
    bool is_question = strcmp(flow->protocol, "dns") == 0; /* a resolver is nobody's far end */
    if (flow->has_local && !is_question) {
        set_peer(event, flow->local_is_destination ? &source : &destination);
    }
    set_maker_facts(enrich, event);
}
