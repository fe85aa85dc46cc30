/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/message.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/text.h"

#define NS_PER_S UINT64_C(1000000000)

struct line {
    const struct camwatch_event *event;
    size_t used;
    char text[2 * CW_MESSAGE_MAX];
};

static void
add_text(struct line *line, const char *text, size_t len)
{
    size_t room = sizeof(line->text) - line->used;
    len = len < room ? len : room;
    memcpy(line->text + line->used, text, len);
    line->used += len;
}

/* Of printf's directives it knows %s alone: a message is made for every event. */
__attribute__((format(printf, 2, 3))) static void
add(struct line *line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *at; (at = strchr(format, '%')); format = at + 2) {
        assert(at[1] == 's');
        add_text(line, format, (size_t)(at - format));
        const char *text = va_arg(args, const char *);
        add_text(line, text, strlen(text));
    }
    va_end(args);
    add_text(line, format, strlen(format));
}

static void
add_number(struct line *line, uint64_t number)
{
    char digits[CW_DECIMAL_MAX];
    add_text(line, digits, (size_t)(cw_digits_decimal(digits, number) - digits));
}

static const char *
text_of(const struct line *line, enum camwatch_field field)
{
    return camwatch_event_text(line->event, field);
}

static bool
has(const struct line *line, enum camwatch_field field)
{
    return *text_of(line, field) != '\0';
}

static bool
is(const struct line *line, enum camwatch_field field, const char *text)
{
    return strcmp(text_of(line, field), text) == 0;
}

static void
add_bytes(struct line *line, uint64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 999.5 && unit < sizeof(units) / sizeof(*units) - 1; unit++) {
        value /= 1000;
    }
    if (unit == 0) {
        add_number(line, bytes);
    } else {
        char number[16];
        (void)snprintf(number, sizeof(number), value < 10 ? "%.1f" : "%.0f", value);
        add(line, "%s", number);
    }
    add(line, " %s", units[unit]);
}

/* "likely Imou camera", "camera of Example Digital", "device". */
static void
add_device_kind(struct line *line)
{
    bool is_known =
        has(line, CAMWATCH_FIELD_DEVICE_KIND) &&
        !is(line, CAMWATCH_FIELD_DEVICE_KIND, camwatch_device_kind_text(CAMWATCH_KIND_UNKNOWN));
    const char *kind = is_known ? text_of(line, CAMWATCH_FIELD_DEVICE_KIND) : "device";
    if (has(line, CAMWATCH_FIELD_DEVICE_BRAND)) {
        add(line, "%s %s", text_of(line, CAMWATCH_FIELD_DEVICE_BRAND), kind);
    } else if (has(line, CAMWATCH_FIELD_DEVICE_MAKER)) {
        add(line, "%s of %s", kind, text_of(line, CAMWATCH_FIELD_DEVICE_MAKER));
    } else {
        add(line, "%s", kind);
    }
    if (has(line, CAMWATCH_FIELD_DEVICE_MODEL)) {
        add(line, " %s", text_of(line, CAMWATCH_FIELD_DEVICE_MODEL));
    }
}

/* "Front door (Imou camera 192.0.2.10)"; an unknown local end is its address. */
static void
add_local(struct line *line)
{
    const char *ip =
        text_of(line, has(line, CAMWATCH_FIELD_LOCAL_IP) ? CAMWATCH_FIELD_LOCAL_IP
                                                         : CAMWATCH_FIELD_SOURCE_IP);
    const char *name =
        text_of(line, has(line, CAMWATCH_FIELD_ASSET_NAME) ? CAMWATCH_FIELD_ASSET_NAME
                                                           : CAMWATCH_FIELD_DEVICE_NAME);
    bool is_device = has(line, CAMWATCH_FIELD_DEVICE_KIND);
    if (is(line, CAMWATCH_FIELD_DEVICE_MODEL, name)) {
        name = ""; /* some devices are named after their model */
    }
    if (!is_device) {
        add(line, is(line, CAMWATCH_FIELD_SIDE, "viewer") ? "viewer %s" : "%s", ip);
        return;
    }
    if (*name) {
        add(line, "%s (", name);
    }
    add_device_kind(line);
    if (*ip) {
        add(line, " %s", ip);
    }
    add(line, "%s", *name ? ")" : "");
}

/* "likely Imou rendezvous p2p.example.com:8800 (203.0.113.5, CN, Example Cloud)". */
static void
add_peer(struct line *line)
{
    bool is_peer = has(line, CAMWATCH_FIELD_PEER_IP);
    const char *ip =
        text_of(line, is_peer ? CAMWATCH_FIELD_PEER_IP : CAMWATCH_FIELD_DESTINATION_IP);
    const char *port =
        text_of(line, is_peer ? CAMWATCH_FIELD_PEER_PORT : CAMWATCH_FIELD_DESTINATION_PORT);
    const char *domain =
        text_of(line, is_peer ? CAMWATCH_FIELD_PEER_DOMAIN : CAMWATCH_FIELD_DESTINATION_DOMAIN);
    const char *service = text_of(line, has(line, CAMWATCH_FIELD_SERVICE_VENDOR)
                                            ? CAMWATCH_FIELD_SERVICE_VENDOR
                                            : CAMWATCH_FIELD_SERVICE_PLATFORM);
    if (*service) {
        add(line, "%s%s ", is(line, CAMWATCH_FIELD_BAND, "likely") ? "likely " : "", service);
    }
    if (has(line, CAMWATCH_FIELD_SERVICE_ROLE)) {
        add(line, "%s ", text_of(line, CAMWATCH_FIELD_SERVICE_ROLE));
    }
    bool is_bare_v6 = !*domain && strchr(ip, ':') && *port;
    add(line, is_bare_v6 ? "[%s]" : "%s", *domain ? domain : ip);
    add(line, "%s%s", *port ? ":" : "", port);
    const char *country = text_of(line, CAMWATCH_FIELD_PEER_COUNTRY);
    const char *as_org = text_of(line, is(line, CAMWATCH_FIELD_SOURCE_IP, ip)
                                           ? CAMWATCH_FIELD_SOURCE_AS_ORG
                                           : CAMWATCH_FIELD_DESTINATION_AS_ORG);
    const char *facts[] = {*domain ? ip : "", country, as_org};
    const char *before = " (";
    for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
        if (*facts[i]) {
            add(line, "%s%s", before, facts[i]);
            before = ", ";
        }
    }
    add(line, "%s", *before == ',' ? ")" : "");
}

static bool
is_local_destination(const struct line *line)
{
    return has(line, CAMWATCH_FIELD_LOCAL_IP) &&
           (!is(line, CAMWATCH_FIELD_LOCAL_IP, text_of(line, CAMWATCH_FIELD_SOURCE_IP)) ||
            !is(line, CAMWATCH_FIELD_LOCAL_PORT, text_of(line, CAMWATCH_FIELD_SOURCE_PORT)));
}

/* Bytes that the local end sent and received, in all. */
static void
sum_local(const struct line *line, uint64_t *sent, uint64_t *received)
{
    uint64_t source = camwatch_event_number(line->event, CAMWATCH_FIELD_SOURCE_BYTES);
    uint64_t destination = camwatch_event_number(line->event, CAMWATCH_FIELD_DESTINATION_BYTES);
    bool is_destination = is_local_destination(line);
    *sent = is_destination ? destination : source;
    *received = is_destination ? source : destination;
}

/* What the local end does with the far end. A blocked camera tries, it does not talk. */
static const char *
find_verb(const struct line *line)
{
    bool is_inbound = is(line, CAMWATCH_FIELD_NETWORK_DIRECTION, "inbound");
    bool is_asked = is_local_destination(line);
    if (is(line, CAMWATCH_FIELD_OUTCOME, "attempted")) {
        return is_asked ? "is tried by" : "tries to reach";
    }
    if (is(line, CAMWATCH_FIELD_OUTCOME, "refused")) {
        return is_asked ? "refuses" : "is refused by";
    }
    if (is(line, CAMWATCH_FIELD_OUTCOME, "unknown")) {
        return "is seen, one way only, with";
    }
    if (is(line, CAMWATCH_FIELD_ACTIVITY, "streaming")) {
        uint64_t sent, received;
        sum_local(line, &sent, &received);
        return sent >= received ? "streams to" : "takes a stream from";
    }
    if (strncmp(text_of(line, CAMWATCH_FIELD_NETWORK_PROTOCOL), "dns-over-", 9) == 0) {
        return "asks for names, hidden from view,";
    }
    return is_inbound ? "is reached by" : "talks to";
}

/* "asks 192.0.2.53 for p2p.example.com (Example rendezvous): nxdomain". */
static void
add_question(struct line *line)
{
    const char *service = text_of(line, has(line, CAMWATCH_FIELD_SERVICE_VENDOR)
                                            ? CAMWATCH_FIELD_SERVICE_VENDOR
                                            : CAMWATCH_FIELD_SERVICE_PLATFORM);
    const char *role = text_of(line, CAMWATCH_FIELD_SERVICE_ROLE);
    add_local(line);
    add(line, " asks %s for %s", text_of(line, CAMWATCH_FIELD_PEER_IP),
        text_of(line, CAMWATCH_FIELD_PEER_DOMAIN));
    if (*service) {
        add(line, " (%s%s%s)", service, *role ? " " : "", role);
    }
    add(line, ": %s", text_of(line, CAMWATCH_FIELD_OUTCOME));
}

static bool
is_question(const struct line *line)
{
    return is(line, CAMWATCH_FIELD_NETWORK_PROTOCOL, "dns") &&
           has(line, CAMWATCH_FIELD_PEER_DOMAIN) && !is_local_destination(line);
}

static void
add_conversation(struct line *line)
{
    if (is_question(line)) {
        add_question(line);
        return;
    }
    add_local(line);
    add(line, " %s ", find_verb(line));
    add_peer(line);
    if (is(line, CAMWATCH_FIELD_PATH, "relay")) {
        add(line, " through a relay");
    } else if (is(line, CAMWATCH_FIELD_PATH, "p2p-direct")) {
        add(line, ", peer to peer");
    }
}

static void
add_traffic(struct line *line, uint64_t sent, uint64_t received)
{
    add_bytes(line, sent);
    add(line, " out, ");
    add_bytes(line, received);
    add(line, " in");
}

static void
add_flow(struct line *line)
{
    uint64_t sent, received;
    add_conversation(line);
    if (is(line, CAMWATCH_FIELD_EVENT_ACTION, "flow-update") &&
        has(line, CAMWATCH_FIELD_DELTA_BYTES_OUT)) {
        add(line, ": ");
        add_traffic(line, camwatch_event_number(line->event, CAMWATCH_FIELD_DELTA_BYTES_OUT),
                    camwatch_event_number(line->event, CAMWATCH_FIELD_DELTA_BYTES_IN));
        add(line, " since the last event");
    }
    if (is(line, CAMWATCH_FIELD_EVENT_ACTION, "flow-end")) {
        sum_local(line, &sent, &received);
        add(line, ": ended (%s) after ", text_of(line, CAMWATCH_FIELD_EVENT_REASON));
        add_number(line, camwatch_event_number(line->event, CAMWATCH_FIELD_EVENT_DURATION) /
                             NS_PER_S);
        add(line, " s, ");
        add_traffic(line, sent, received);
    }
}

static void
add_device(struct line *line, const char *what)
{
    add(line, "%s: %s", what, is(line, CAMWATCH_FIELD_BAND, "likely") ? "likely " : "");
    add_local(line);
    if (has(line, CAMWATCH_FIELD_DEVICE_MAC)) {
        add(line, ", MAC %s", text_of(line, CAMWATCH_FIELD_DEVICE_MAC));
    }
    if (has(line, CAMWATCH_FIELD_DEVICE_BRAND) && has(line, CAMWATCH_FIELD_DEVICE_MAKER)) {
        add(line, ", made by %s", text_of(line, CAMWATCH_FIELD_DEVICE_MAKER));
    }
    if (has(line, CAMWATCH_FIELD_EVENT_REASON)) {
        add(line, ": %s", text_of(line, CAMWATCH_FIELD_EVENT_REASON));
    }
}

static void
add_destination(struct line *line)
{
    add(line, "New destination of ");
    add_local(line);
    add(line, ": ");
    add_peer(line);
}

/* Of "camwatch.device.id=mac:..., camwatch.peer.country=CA; 12 events within 600 s" the key is for
   machines, and the line has said it. */
static const char *
words_of(const char *reason)
{
    size_t name = strcspn(reason, "= ");
    const char *rest = strstr(reason, "; ");
    if (reason[name] != '=') {
        return reason;
    }
    return rest ? rest + 2 : "";
}

static void
add_policy(struct line *line)
{
    bool is_closed = is(line, CAMWATCH_FIELD_ALERT_STATE, "closed");
    bool is_update = is(line, CAMWATCH_FIELD_ALERT_STATE, "updated");
    add(line, "%s%s: ",
        is_closed   ? "Closed: "
        : is_update ? "Goes on: "
                    : "",
        text_of(line, CAMWATCH_FIELD_RULE_NAME));
    if (has(line, CAMWATCH_FIELD_SOURCE_IP)) {
        add_conversation(line);
    } else {
        add_local(line);
    }
    const char *words = words_of(text_of(line, CAMWATCH_FIELD_EVENT_REASON));
    if (words[0] != '\0') {
        add(line, ": %s", words);
    }
}

static void
add_stats(struct line *line)
{
    static const struct {
        enum camwatch_field field;
        const char *what;
    } counts[] = {
        {CAMWATCH_FIELD_STATS_PACKETS, "frames"},
        {CAMWATCH_FIELD_STATS_PARSED, "parsed"},
        {CAMWATCH_FIELD_STATS_KERNEL_DROPS, "dropped by the kernel"},
        {CAMWATCH_FIELD_STATS_FLOWS, "flows"},
        {CAMWATCH_FIELD_STATS_DEVICES, "devices"},
        {CAMWATCH_FIELD_STATS_EVENTS, "events"},
    };

    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        if (has(line, counts[i].field)) {
            add(line, "%s%s %s", line->used ? ", " : "", text_of(line, counts[i].field),
                counts[i].what);
        }
    }
}

const char *
cw_message_write(const struct camwatch_event *event, char out[CW_MESSAGE_MAX])
{
    struct line line = {.event = event};
    switch (camwatch_event_get_kind(event)) {
    case CAMWATCH_EVENT_POLICY_ALERT:
        add_policy(&line);
        break;
    case CAMWATCH_EVENT_SENSOR_ALERT:
        add(&line, "Sensor: %s", text_of(&line, CAMWATCH_FIELD_EVENT_REASON));
        break;
    case CAMWATCH_EVENT_DEVICE_NEW:
        add_device(&line, "New");
        break;
    case CAMWATCH_EVENT_DEVICE_IDENTIFIED:
        add_device(&line, "Identified");
        break;
    case CAMWATCH_EVENT_DEVICE_CHANGED:
        add_device(&line, "Changed");
        break;
    case CAMWATCH_EVENT_DEVICE_GONE:
        add_device(&line, "Gone");
        break;
    case CAMWATCH_EVENT_DEVICE_DESTINATION:
        add_destination(&line);
        break;
    case CAMWATCH_EVENT_FLOW_CLASSIFIED:
    case CAMWATCH_EVENT_FLOW_UPDATE:
    case CAMWATCH_EVENT_FLOW_END:
        add_flow(&line);
        break;
    case CAMWATCH_EVENT_SENSOR_STATS:
        add_stats(&line);
        break;
    case CAMWATCH_EVENT_NONE:
    case CAMWATCH_N_EVENT_KINDS:
        break;
    }
    cw_text_copy(out, CW_MESSAGE_MAX, cw_bytes(line.text, line.used));
    return out;
}
