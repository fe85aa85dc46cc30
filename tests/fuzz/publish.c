/* SPDX-License-Identifier: Apache-2.0 */
#include "publish.h"

#include "fuzz.h"
#include "publish/encode.h"
#include "publish/event_body.h"

static void
emit(void *self, const struct camwatch_event *event)
{
    static char json[CW_EVENT_JSON_MAX];
    (void)self;
    size_t len = cw_encode_json(event, json, sizeof(json));
    FUZZ_DEMAND(len > 2 && len < sizeof(json) && json[0] == '{' && json[len - 1] == '}');
}

static void
account(void *self, struct camwatch_sink_account *out)
{
    (void)self;
    *out = (struct camwatch_sink_account){.size = sizeof(*out)};
}

static const struct camwatch_sink_ops ops = {
    .size = sizeof(ops), .name = "fuzz", .emit = emit, .account = account};

struct camwatch_publisher *
fuzz_publisher(void)
{
    static const char *const no_files[] = {NULL};
    struct camwatch_publisher_settings settings;
    struct camwatch_publisher *publisher;
    struct camwatch_error error;
    camwatch_publisher_settings_default(&settings);
    settings.rules = fuzz_rules();
    settings.geo_files = no_files;
    settings.is_replay = true;
    settings.max_devices = 16;
    settings.ring_bytes = 64 * 1024;
    FUZZ_DEMAND(camwatch_publisher_open(&settings, &publisher, &error) == CAMWATCH_OK);
    FUZZ_DEMAND(camwatch_publisher_add_sink(publisher, &ops, publisher) == CAMWATCH_OK);
    return publisher;
}

static void
look(void *user, const struct camwatch_device *device)
{
    FUZZ_DEMAND(device->id[0] != '\0' && device->n_addresses <= CAMWATCH_DEVICE_ADDRESSES);
    ++*(size_t *)user;
}

void
fuzz_publisher_end(struct camwatch_publisher *publisher)
{
    struct camwatch_publisher_account sums;
    size_t devices = 0;
    camwatch_publisher_tick(publisher, INT64_C(1700000000) * 1000000000);
    camwatch_publisher_devices(publisher, look, &devices);
    (void)camwatch_publisher_finish(publisher);
    camwatch_publisher_get_account(publisher, &sums);
    camwatch_publisher_close(&publisher);
}
