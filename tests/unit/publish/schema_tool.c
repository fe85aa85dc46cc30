/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints what the schema tests look at: json, elastic, markdown, or samples (NDJSON of every kind).
 */
#include <stdio.h>
#include <string.h>

#include "camwatch/schema.h"
#include "samples.h"

static void
print_event(struct camwatch_event *event, struct cw_event_context *context)
{
    cw_event_finish(event, context);
    (void)puts(camwatch_event_json(event, NULL));
}

static void
set_places(struct camwatch_event *event)
{
    cw_event_set_text(event, CAMWATCH_FIELD_DESTINATION_COUNTRY, "CN");
    cw_event_set_text(event, CAMWATCH_FIELD_DESTINATION_CITY, "Hangzhou");
    cw_event_set_text(event, CAMWATCH_FIELD_DESTINATION_LOCATION, "30.29,-0.5");
    cw_event_set_number(event, CAMWATCH_FIELD_DESTINATION_ASN, 64496);
    cw_event_set_text(event, CAMWATCH_FIELD_DESTINATION_AS_ORG, "Example Cloud");
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_COUNTRY, "CN");
    cw_event_set_number(event, CAMWATCH_FIELD_PEER_ASN, 64496);
}

static void
print_flows(struct camwatch_event *event, struct cw_event_context *context)
{
    static const uint8_t kinds[] = {CAMWATCH_EVENT_FLOW_CLASSIFIED, CAMWATCH_EVENT_FLOW_UPDATE,
                                    CAMWATCH_EVENT_FLOW_END};
    struct camwatch_device device = sample_device();
    for (size_t i = 0; i < sizeof(kinds); i++) {
        struct cw_record_flow flow = sample_flow();
        flow.kind = kinds[i];
        cw_event_from_flow(event, &flow, context);
        print_event(event, context);
        flow.proto = CW_PROTO_ICMP6;
        flow.local_is_destination = 1;
        flow.src = sample_addr("2001:db8::1");
        flow.dst = sample_addr("2001:db8::2");
        cw_event_from_flow(event, &flow, context);
        cw_event_set_device(event, &device);
        set_places(event);
        print_event(event, context);
    }
}

static void
print_devices(struct camwatch_event *event, struct cw_event_context *context)
{
    struct camwatch_device device = sample_device();
    for (unsigned kind = CAMWATCH_EVENT_DEVICE_NEW; kind <= CAMWATCH_EVENT_DEVICE_DESTINATION;
         kind++) {
        cw_event_from_device(event, kind, SAMPLE_TIME_NS, &device, "firmware 2.7 to 2.8",
                             context);
        print_event(event, context);
    }
}

static void
print_others(struct camwatch_event *event, struct camwatch_event *cause,
             struct cw_event_context *context)
{
    struct cw_record_stats stats = sample_stats();
    struct cw_record_alert alert = sample_alert();
    struct cw_record_flow flow = sample_flow();
    const struct cw_event_policy policy = {.id = "new-country",
                                           .name = "A country not seen before",
                                           .version = "0123456789abcdef",
                                           .reference = "rules/policies/default.yaml:1",
                                           .reason = "first contact",
                                           .severity = 1};
    cw_event_from_stats(event, &stats, context);
    print_event(event, context);
    cw_event_from_alert(event, &alert, context);
    print_event(event, context);
    cw_event_from_flow(cause, &flow, context);
    set_places(cause);
    cw_event_finish(cause, context);
    cw_event_from_policy(event, cause, &policy, context);
    print_event(event, context);
}

static int
print_samples(void)
{
    struct camwatch_event *event = cw_event_new(), *cause = cw_event_new();
    for (int is_replay = 0; event && cause && is_replay < 2; is_replay++) {
        struct cw_event_context context = sample_context(is_replay);
        print_flows(event, &context);
        print_devices(event, &context);
        print_others(event, cause, &context);
    }
    cw_event_free(event);
    cw_event_free(cause);
    return 0;
}

int
main(int argc, char **argv)
{
    static const char *const names[] = {"json", "elastic", "markdown"};
    const char *what = argc > 1 ? argv[1] : "";
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(what, names[i]) == 0) {
            return camwatch_schema_write(stdout, i) == CAMWATCH_OK ? 0 : 1;
        }
    }
    return strcmp(what, "samples") == 0 ? print_samples() : 2;
}
