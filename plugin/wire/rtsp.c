/* SPDX-License-Identifier: Apache-2.0
 *
 * RTSP 1.0 (RFC 2326) and the marks of camera makers in it
 * (protocols_seed_vendors.md 1.7, 2.10, 3.3; corrections.md 7). RTSP alone proves no camera.
 *
 * What a viewer asks for says nothing of the server until it was accepted: the form of a URL
 * names a vendor only in SETUP and PLAY, which follow an accepted DESCRIBE, and in the server's
 * own answers.
 */
#include "wire/rtsp.h"

#include "base/cursor.h"
#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire/device_marks.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"
#include "wire/uniview_words.h"

static const struct cw_device_mark url_forms[] = {
    {"/cam/realmonitor?channel=", CW_DAHUA_GROUP, ""},
    {"/Streaming/Channels/", CW_HIKVISION_GROUP, ""},
    {"/Streaming/channels/", CW_HIKVISION_GROUP, ""},
    {"/Streaming/tracks/", CW_HIKVISION_GROUP, ""},
    {"/ISAPI/", CW_HIKVISION_GROUP, ""},
    {"/unicast/c", CW_UNIVIEW_VENDOR, ""},
};

static const char *
find_url_vendor(struct cw_bytes url)
{
    for (size_t i = 0; i < sizeof(url_forms) / sizeof(*url_forms); i++) {
        if (cw_scan_has(url, url_forms[i].text)) {
            return url_forms[i].vendor;
        }
    }
    return NULL;
}

/* Clients of the vendors: "NKPlayer-1.00.00.081112", "IMCP". */
static const char *
find_client_vendor(struct cw_bytes agent)
{
    if (CW_STARTS(agent, "NKPlayer-")) {
        return CW_HIKVISION_GROUP;
    }
    return cw_bytes_equal(agent, cw_bytes_text("IMCP")) ? CW_UNIVIEW_VENDOR : NULL;
}

static bool
is_one_of(struct cw_bytes word, const char *const *words)
{
    for (; *words; words++) {
        if (cw_bytes_equal(word, cw_bytes_text(*words))) {
            return true;
        }
    }
    return false;
}

static void
read_token(const struct cw_text_message *msg, struct cw_wire_match *m)
{
    uint32_t cseq;
    if (cw_text_number(cw_text_header(msg->headers, "CSeq"), UINT32_MAX, &cseq)) {
        m->token = cseq;
    }
}

static bool
read_request(const struct cw_text_message *msg, struct cw_wire_match *m)
{
    static const char *const methods[] = {
        "OPTIONS",  "DESCRIBE", "SETUP",    "PLAY",          "PAUSE",         "TEARDOWN",
        "ANNOUNCE", "RECORD",   "REDIRECT", "GET_PARAMETER", "SET_PARAMETER", NULL};
    static const char *const accepted[] = {"SETUP", "PLAY", NULL};
    if (!is_one_of(msg->method, methods)) {
        return false;
    }
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, "RTSP request");
    const char *client = find_client_vendor(cw_text_header(msg->headers, "User-Agent"));
    m->sender = client ? CW_WIRE_FROM_VIEWER : CW_WIRE_FROM_UNKNOWN;
    if (is_one_of(msg->method, accepted)) {
        m->vendor = find_url_vendor(msg->target);
    }
    return true;
}

/* The server writes the URL itself in these headers, and the description of its streams. */
static const char *
find_answer_vendor(const struct cw_text_message *msg)
{
    const char *vendor = NULL;
    if (msg->status == 200) {
        vendor = find_url_vendor(cw_text_header(msg->headers, "RTP-Info"));
        vendor =
            vendor ? vendor : find_url_vendor(cw_text_header(msg->headers, "Content-Base"));
        vendor = vendor ? vendor : cw_device_sdp(msg->body);
    }
    return vendor;
}

static bool
read_answer(const struct cw_text_message *msg, struct cw_wire_match *m)
{
    struct cw_identity *id = &m->identity;
    const struct cw_device_mark *mark =
        cw_device_server(cw_text_header(msg->headers, "Server"));
    const struct cw_device_mark *realm =
        cw_device_realm(cw_text_header(msg->headers, "WWW-Authenticate"), id);
    const char *vendor = find_answer_vendor(msg);
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, "RTSP answer");
    if (mark || realm) {
        cw_device_note(m, mark ? mark : realm);
    } else if (vendor) {
        cw_said_device(m);
        m->vendor = vendor;
    } else if (!cw_mac_is_none(&id->mac)) {
        m->has_identity = true;
        id->origin = CAMWATCH_ORIGIN_SELF;
    }
    return true;
}

/* Interleaved data can stand before an answer (RFC 2326 10.12: '$', channel, length). */
static struct cw_bytes
skip_interleaved(struct cw_bytes in)
{
    enum { FRAMES_MAX = 16, FRAME_HEADER = 4 };

    for (unsigned i = 0; i < FRAMES_MAX && cw_u8_at(in, 0) == '$'; i++) {
        in = cw_bytes_from(in, FRAME_HEADER + (size_t)cw_be16_at(in, 2));
    }
    return in;
}

bool
cw_rtsp_test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_text_message msg;
    if (!cw_scan_message(skip_interleaved(in->bytes), &msg) ||
        !CW_STARTS(msg.version, "RTSP/1.")) {
        return false;
    }
    out->role = CAMWATCH_ROLE_STREAM;
    read_token(&msg, out);
    return msg.is_request ? read_request(&msg, out) : read_answer(&msg, out);
}

const struct cw_wire_signature cw_wire_rtsp = {
    .name = "rtsp",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = false,
    .least = 14,
    .bits = 72,
    .ports = {554, 8554},
    .first = "ODSPTARG$",
    .n_first = 9,
    .phases = CW_WIRE_TELLS(CONTROL),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "RFC 2326; protocols_seed_vendors.md 1.7, 2.10, 3.3; corrections.md 7",
    .test = cw_rtsp_test,
};
