/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "extract.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "place.h"
#include "stop.h"
#include "timeline.h"

enum { ADDRESS_BYTES = 16, MAC_BYTES = 6 };

struct who {
    uint8_t mac[MAC_BYTES];
    bool has_mac;
    uint8_t addresses[CAMWATCH_DEVICE_ADDRESSES][ADDRESS_BYTES];
    size_t n_addresses;
};

static bool
read_address(const char *text, uint8_t out[ADDRESS_BYTES])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    memcpy(out, mapped, sizeof(mapped));
    return inet_pton(AF_INET, text, out + sizeof(mapped)) == 1 ||
           inet_pton(AF_INET6, text, out) == 1;
}

static struct who
who_is(const struct camwatch_device *device)
{
    struct who who = {.has_mac = false};
    unsigned m[MAC_BYTES];
    if (sscanf(device->mac, "%2x-%2x-%2x-%2x-%2x-%2x", &m[0], &m[1], &m[2], &m[3], &m[4],
               &m[5]) == MAC_BYTES) {
        who.has_mac = true;
        for (size_t i = 0; i < MAC_BYTES; i++) {
            who.mac[i] = (uint8_t)m[i];
        }
    }
    for (size_t i = 0; i < device->n_addresses; i++) {
        who.n_addresses += read_address(device->addresses[i], who.addresses[who.n_addresses]);
    }
    return who;
}

static bool
is_of(const struct who *who, const struct camwatch_packet_view *view)
{
    if (who->has_mac && (memcmp(view->src_mac, who->mac, MAC_BYTES) == 0 ||
                         memcmp(view->dst_mac, who->mac, MAC_BYTES) == 0)) {
        return true;
    }
    for (size_t i = 0; view->is_ip && i < who->n_addresses; i++) {
        if (memcmp(view->src, who->addresses[i], ADDRESS_BYTES) == 0 ||
            memcmp(view->dst, who->addresses[i], ADDRESS_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static void
ignore_fault(void *user, const char *text) /* told of in the first pass */
{
    (void)user;
    (void)text;
}

struct copy {
    struct cw_writer *writer;
    const char *to;
    uint32_t link_type;
    bool has_payload, may_replace;
};

static bool
put(struct copy *copy, struct camwatch_frame *frame, const struct camwatch_packet_view *view,
    struct camwatch_error *error)
{
    if (!copy->writer) {
        copy->writer = cw_writer_new(copy->to, frame->link_type, copy->may_replace, error);
        copy->link_type = frame->link_type;
        if (!copy->writer) {
            return false;
        }
    }
    if (frame->link_type != copy->link_type) {
        (void)snprintf(
            error->text, sizeof(error->text),
            "its frames are in captures of different link types (%u and %u), and a pcap "
            "has one: extract from each capture by itself",
            copy->link_type, frame->link_type);
        return false;
    }
    if (!copy->has_payload && view->payload_offset < frame->captured) {
        frame->captured = view->payload_offset;
    }
    cw_writer_put(copy->writer, frame);
    return true;
}

bool
cw_extract_can_begin(const struct cw_texts *paths, const char *to, bool may_replace,
                     struct camwatch_error *error)
{
    for (size_t i = 0; i < paths->n; i++) {
        if (strcmp(paths->items[i], "-") == 0) {
            (void)snprintf(error->text, sizeof(error->text),
                           "standard input cannot be read twice");
            return false;
        }
    }
    bool is_there = access(to, F_OK) == 0;
    if (is_there && !may_replace) {
        (void)snprintf(error->text, sizeof(error->text),
                       "%.300s is there already (--force replaces it)", to);
        return false;
    }
    if (!is_there && !cw_place_takes_files(to)) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: %s", to, strerror(errno));
        return false;
    }
    return true;
}

bool
cw_extract(const struct camwatch_device *device, const struct cw_texts *paths, const char *to,
           bool has_payload, bool may_replace, struct cw_extract_result *result,
           struct camwatch_error *error)
{
    struct copy copy = {.to = to, .has_payload = has_payload, .may_replace = may_replace};
    struct who who = who_is(device);
    struct camwatch_frame frame;
    bool is_good = true;
    struct cw_timeline *timeline = cw_timeline_open(paths, NULL, ignore_fault, NULL);
    while (is_good && !cw_stop_is_asked() && cw_timeline_next(timeline, &frame)) {
        struct camwatch_packet_view view = {.size = sizeof(view)};
        if (camwatch_frame_view(&frame, &view) == CAMWATCH_DROP_NONE && is_of(&who, &view)) {
            is_good = put(&copy, &frame, &view, error);
            result->frames += is_good;
        }
    }
    cw_timeline_close(timeline);
    if (copy.writer && !cw_writer_close(copy.writer) && is_good) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: not everything was written",
                       to);
        is_good = false;
    }
    return is_good;
}
