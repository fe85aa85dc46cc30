/* SPDX-License-Identifier: Apache-2.0
 *
 * What an event gains from outside the packets: where the ends are registered, and what the rules
 * say of the device's maker at that date.
 */
#ifndef CW_PUBLISH_ENRICH_H
#define CW_PUBLISH_ENRICH_H

#include "camwatch/event.h"
#include "camwatch/rules.h"
#include "model/record.h"
#include "publish/geo.h"

struct cw_enrich;

/** Both are borrowed as long as this lives. NULL for lack of memory; given, free with
 *  cw_enrich_free. */
struct cw_enrich *cw_enrich_new(const struct camwatch_rules *rules, struct cw_geo *geo);
void cw_enrich_free(struct cw_enrich *enrich);

/** Owner of a device at a time: of its brand where the rules know the company behind it, else of
 *  its maker; "" not known. Borrowed from the rules. */
const char *cw_owner_of(const struct camwatch_rules *rules, const char *brand, const char *maker,
                        int64_t time_ns);

/**
 * Set country, city, place and AS of source, destination and peer of a flow's event, and owner and
 * lists of the device where the event names a maker and nobody has set them yet.
 *
 * The peer is the end that is not local; without a local end there is none.
 */
void cw_enrich_flow(struct cw_enrich *enrich, struct camwatch_event *event,
                    const struct cw_record_flow *flow);

#endif
