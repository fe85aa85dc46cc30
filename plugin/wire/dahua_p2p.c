/* SPDX-License-Identifier: Apache-2.0
 *
 * Dahua P2P signalling: HTTP-shaped text over UDP, 8800 for the rendezvous and 8802 for the
 * device's registration and heartbeat (protocols_seed_vendors.md 1.4, corrections.md 3).
 *
 * A request with one of the verbs and a known path is enough. The device's heartbeat has a
 * plain GET, so it needs its answer.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { SERIAL_MIN = 8, SERIAL_MAX = 32, SERVER_PORT_LOW = 8800, SERVER_PORT_HIGH = 8999 };

struct path_row {
    const char *prefix;
    bool has_serial;
    uint8_t phase;
    uint8_t role;
    const char *detail;
};

static const struct path_row paths[] = {
    {"/heartbeat/device/", true, CW_WIRE_PHASE_KEEPALIVE, CAMWATCH_ROLE_REGISTRATION,
     "Dahua P2P heartbeat"},
    {"/setup/device/", true, CW_WIRE_PHASE_REGISTRATION, CAMWATCH_ROLE_REGISTRATION,
     "Dahua P2P registration"},
    {"/online/p2psrv/", true, CW_WIRE_PHASE_LOOKUP, CAMWATCH_ROLE_RENDEZVOUS,
     "Dahua P2P server look-up"},
    {"/probe/device/", true, CW_WIRE_PHASE_LOOKUP, CAMWATCH_ROLE_RENDEZVOUS,
     "Dahua P2P device look-up"},
    {"/info/device/", true, CW_WIRE_PHASE_LOOKUP, CAMWATCH_ROLE_RENDEZVOUS,
     "Dahua P2P device look-up"},
    {"/device/", true, CW_WIRE_PHASE_RENDEZVOUS, CAMWATCH_ROLE_RENDEZVOUS,
     "Dahua P2P rendezvous"},
    {"/relay/", false, CW_WIRE_PHASE_RELAY, CAMWATCH_ROLE_RELAY, "Dahua P2P relay set-up"},
    {"/probe/p2psrv", false, CW_WIRE_PHASE_LOOKUP, CAMWATCH_ROLE_RENDEZVOUS, "Dahua P2P probe"},
    {"/online/", false, CW_WIRE_PHASE_LOOKUP, CAMWATCH_ROLE_RENDEZVOUS,
     "Dahua P2P server look-up"},
};

static const struct path_row *
find_path(struct cw_bytes target)
{
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        if (cw_bytes_starts(target, paths[i].prefix, strlen(paths[i].prefix))) {
            return &paths[i];
        }
    }
    return NULL;
}

static struct cw_bytes
path_serial(const struct path_row *path, struct cw_bytes target)
{
    struct cw_bytes rest = cw_bytes_from(target, strlen(path->prefix));
    const uint8_t *slash = rest.len ? memchr(rest.ptr, '/', rest.len) : NULL;
    struct cw_bytes serial = slash ? cw_bytes_head(rest, (size_t)(slash - rest.ptr)) : rest;
    bool is_serial = path->has_serial && serial.len >= SERIAL_MIN && serial.len <= SERIAL_MAX &&
                     cw_text_is_alnum(serial) && !cw_said_is_filler(serial);
    return is_serial ? serial : cw_bytes(NULL, 0);
}

/* CSeq may be negative; only equality matters. */
static bool
read_cseq(struct cw_bytes headers, uint32_t *token)
{
    struct cw_bytes text = cw_text_header(headers, "CSeq");
    bool is_negative = cw_u8_at(text, 0) == '-';
    uint32_t value;
    if (!cw_text_number(cw_bytes_from(text, is_negative), UINT32_MAX, &value)) {
        return false;
    }
    *token = is_negative ? 0u - value : value;
    return true;
}

static bool
is_from_server(const struct cw_wire_input *in)
{
    return in->src_port >= SERVER_PORT_LOW && in->src_port <= SERVER_PORT_HIGH;
}

/* Who sends it: the device logs in under its own serial number (corrections.md 3). */
static void
judge_sender(const struct cw_wire_input *in, struct cw_bytes user, struct cw_bytes serial,
             bool is_heartbeat, struct cw_wire_match *m)
{
    if (serial.len == 0) {
        return;
    }
    if (is_heartbeat || cw_bytes_equal(user, serial)) {
        cw_said_device(m);
    } else {
        m->sender = is_from_server(in) ? CW_WIRE_FROM_SERVER
                    : user.len         ? CW_WIRE_FROM_VIEWER
                                       : CW_WIRE_FROM_UNKNOWN;
        cw_said_other(m);
    }
    CW_SAID(m->identity.serial, serial);
}

/* Whom a server introduces, wherever its body says it. DS and US, the next servers, are no less
 * introduced. */
static void
read_places(struct cw_bytes body, struct cw_wire_match *m)
{
    static const char *const places[] = {"DS", "US", "PubAddr", "LocalAddr", "Address"};
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        cw_said_candidate(m, cw_scan_xml(body, places[i]));
    }
}

static bool
read_request(const struct cw_wire_input *in, const struct cw_text_message *msg,
             struct cw_wire_match *m)
{
    const struct path_row *path = find_path(msg->target);
    bool is_plain = cw_bytes_equal(msg->method, cw_bytes_text("GET"));
    bool is_heartbeat = path == &paths[0];
    if ((is_plain && !is_heartbeat) || cw_u8_at(msg->target, 0) != '/') {
        return false;
    }
    if (!path) {
        cw_said_message(m, CW_WIRE_PHASE_NONE, CW_WIRE_FROM_UNKNOWN, "Dahua P2P request");
        return true;
    }
    struct cw_bytes serial = path_serial(path, msg->target);
    if (is_heartbeat && serial.len == 0) {
        return false;
    }
    cw_said_message(m, (enum cw_wire_phase)path->phase, CW_WIRE_FROM_UNKNOWN, path->detail);
    m->role = path->role;
    m->is_enough = !is_plain;
    struct cw_bytes wsse = cw_text_header(msg->headers, "X-WSSE");
    judge_sender(in, cw_scan_param(wsse, "Username"), serial, is_heartbeat, m);
    if (m->sender == CW_WIRE_FROM_SERVER) {
        read_places(msg->body, m);
    }
    return true;
}

/* A device answers a server that introduces somebody, too. */
static bool
read_answer(const struct cw_wire_input *in, const struct cw_text_message *msg,
            struct cw_wire_match *m)
{
    struct cw_bytes realm = cw_text_header(msg->headers, "WWW-Authenticate");
    uint32_t cseq;
    if (!read_cseq(msg->headers, &cseq)) {
        return false;
    }
    bool is_challenge = CW_STARTS(realm, "WSSE realm=") && cw_scan_has(realm, "UsernameToken");
    cw_said_message(m, CW_WIRE_PHASE_RENDEZVOUS,
                    is_challenge || is_from_server(in) ? CW_WIRE_FROM_SERVER
                                                       : CW_WIRE_FROM_UNKNOWN,
                    "Dahua P2P answer");
    m->is_enough = is_challenge;
    read_places(msg->body, m);
    return true;
}

static bool
is_own_verb(struct cw_bytes method)
{
    static const char *const verbs[] = {"DHGET", "DHPOST", "NFGET", "NFPOST", "GET"};
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        if (cw_bytes_equal(method, cw_bytes_text(verbs[i]))) {
            return true;
        }
    }
    return false;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_text_message msg;
    if (!cw_scan_message(in->bytes, &msg) ||
        !cw_bytes_equal(msg.version, cw_bytes_text("HTTP/1.1"))) {
        return false;
    }
    (void)read_cseq(msg.headers, &out->token);
    if (!msg.is_request) {
        return read_answer(in, &msg, out);
    }
    return is_own_verb(msg.method) && read_request(in, &msg, out);
}

const struct cw_wire_signature cw_wire_dahua_p2p = {
    .name = "dahua-p2p",
    .vendor = CW_DAHUA_GROUP,
    .platform = "",
    .maker = CW_DAHUA_MAKER,
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = 20,
    .bits = 120,
    .ports = {8800, 8802, 8803, 8900},
    .first = "DNGH",
    .n_first = 4,
    .phases = CW_WIRE_TELLS(LOOKUP) | CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(RENDEZVOUS) |
              CW_WIRE_TELLS(RELAY) | CW_WIRE_TELLS(KEEPALIVE),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_seed_vendors.md 1.4; corrections.md 3",
    .test = test,
};
