/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "report_file.h"

void
cw_wireshark_filter(const struct camwatch_device *device, struct cw_buffer *out)
{
    if (device->mac[0] != '\0') {
        cw_buffer_print(out, "eth.addr == ");
        for (const char *at = device->mac; *at != '\0'; at++) {
            char c = *at == '-' ? ':' : (char)tolower((unsigned char)*at);
            cw_buffer_add(out, &c, 1);
        }
        return;
    }
    for (size_t i = 0; i < device->n_addresses; i++) {
        const char *address = device->addresses[i];
        cw_buffer_print(out, "%s%s == %s", i > 0 ? " or " : "",
                        strchr(address, ':') ? "ipv6.addr" : "ip.addr", address);
    }
}

static void
write_lists(const struct camwatch_device *device, struct cw_json *json)
{
    cw_json_begin(json, "lists", '[');
    for (size_t i = 0; i < device->n_listings; i++) {
        const struct camwatch_listing *l = &device->listings[i];
        cw_json_begin(json, NULL, '{');
        cw_json_text(json, "list", l->list);
        cw_json_text_if(json, "title", l->title);
        cw_json_text_if(json, "kind", l->kind);
        cw_json_text_if(json, "entity", l->entity);
        cw_json_text_if(json, "since", l->since);
        cw_json_text_if(json, "source", l->source);
        cw_json_text_if(json, "status", l->status);
        cw_json_text_if(json, "verified_on", l->verified_on);
        cw_json_text_if(json, "url", l->url);
        cw_json_end(json, '}');
    }
    cw_json_end(json, ']');
}

static void
write_evidence(const struct cw_report *report, const struct camwatch_device *device,
               struct cw_json *json)
{
    cw_json_begin(json, "evidence", '[');
    for (size_t i = 0; i < device->n_evidence; i++) {
        const struct camwatch_device_evidence *e = &device->evidence[i];
        cw_json_begin(json, NULL, '{');
        cw_json_text(json, "kind", e->kind);
        cw_json_text(json, "word", cw_evidence_word(e->kind));
        cw_json_number(json, "points", e->points);
        cw_json_text_if(json, "origin", camwatch_origin_text(e->origin));
        cw_model_text(report, json, "seen", e->seen);
        cw_model_text(report, json, "rule", e->rule);
        cw_model_capture(report, json, "file", e->file);
        cw_json_number_if(json, "frame", e->frame);
        cw_json_time(json, "time", e->time_ns);
        cw_json_end(json, '}');
    }
    cw_json_end(json, ']');
}

struct absent {
    const struct cw_report *report;
    struct cw_json *json;
};

static void
write_identity(const struct cw_report *report, const struct camwatch_device *device,
               struct cw_json *json)
{
    const struct {
        const char *key, *text;
    } texts[] = {
        {"id", device->id},
        {"brand", device->brand},
        {"maker", device->maker},
        {"owner", device->owner},
        {"model", device->model},
        {"firmware", device->firmware},
        {"name", device->name},
        {"mac", device->mac},
        {"behind", device->behind},
        {"asset_name", device->asset_name},
        {"asset_site", device->asset_site},
        {"asset_maker", device->asset_maker},
        {"asset_status", camwatch_asset_status_text(device->asset_status)},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        cw_model_text(report, json, texts[i].key, texts[i].text);
    }
    cw_json_text_if(json, "serial", cw_mask_id(report->mask, device->serial));
    cw_json_text_if(json, "uid", cw_mask_id(report->mask, device->uid));
    cw_json_begin(json, "addresses", '[');
    for (size_t i = 0; i < device->n_addresses; i++) {
        cw_json_text(json, NULL, cw_mask_show(report->mask, device->addresses[i]));
    }
    cw_json_end(json, ']');
}

static void
write_device(const struct cw_report *report, const struct camwatch_device *device,
             struct cw_json *json)
{
    struct cw_buffer title = {.text = NULL}, filter = {.text = NULL};
    cw_device_title(device, &title);
    cw_wireshark_filter(device, &filter);
    cw_json_begin(json, NULL, '{');
    cw_model_text(report, json, "title", cw_buffer_text(&title));
    write_identity(report, device, json);
    cw_json_text_if(json, "kind", camwatch_device_kind_text(device->kind));
    cw_json_text_if(json, "scope", camwatch_scope_text(device->scope));
    cw_json_text_if(json, "band", camwatch_band_text(device->band));
    cw_json_number(json, "confidence", device->confidence);
    cw_json_number_if(json, "maker_confidence", device->maker_confidence);
    cw_json_time(json, "first_seen", device->first_ns);
    cw_json_time(json, "last_seen", device->last_ns);
    cw_json_number(json, "bytes", device->bytes);
    cw_json_number(json, "bytes_explained", device->bytes_explained);
    cw_json_text_if(json, "wireshark", cw_buffer_text(&filter));
    write_lists(device, json);
    write_evidence(report, device, json);
    cw_json_end(json, '}');
    cw_buffer_free(&title);
    cw_buffer_free(&filter);
}

static void
write_absent(void *user, const struct camwatch_asset *asset)
{
    const struct absent *absent = user;

    const struct {
        const char *key, *text;
    } texts[] = {
        {"mac", asset->mac},   {"address", asset->address}, {"name", asset->name},
        {"site", asset->site}, {"owner", asset->owner},     {"maker", asset->maker},
    };

    cw_json_begin(absent->json, NULL, '{');
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        cw_model_text(absent->report, absent->json, texts[i].key, texts[i].text);
    }
    cw_json_text_if(absent->json, "serial", cw_mask_id(absent->report->mask, asset->serial));
    cw_json_end(absent->json, '}');
}

void
cw_model_assets(const struct cw_report *report, struct cw_json *json)
{
    struct absent absent = {report, json};
    if (report->settings->assets) {
        cw_json_begin(json, "assets_never_seen", '[');
        camwatch_publisher_absent_assets(report->session->publisher, write_absent, &absent);
        cw_json_end(json, ']');
    }
}

void
cw_model_devices(const struct cw_report *report, struct cw_json *json)
{
    size_t all, n = cw_roster_surveillance(report->roster);
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    cw_json_begin(json, "devices", '[');
    for (size_t i = 0; i < n; i++) {
        write_device(report, &devices[i], json);
    }
    cw_json_end(json, ']');
    cw_json_number(json, "other_hosts", all - n);
}
