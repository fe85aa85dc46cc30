/* SPDX-License-Identifier: Apache-2.0
 *
 * SSDP: what a device announces or answers of itself (UPnP Device Architecture 1.1, 1.2 and
 * 1.3). Searches are not looked at: they name what is looked for.
 */
#include "base/text.h"
#include "wire/camera_words.h"
#include "wire/lan_identity.h"
#include "wire/said.h"

enum { PORT = 1900 };

/* "urn:schemas-upnp-org:device:DCS-935L:1" -> DCS-935L; standard types are no model. */
static struct cw_bytes
device_type(struct cw_bytes value)
{
    ptrdiff_t at = cw_text_find(value, cw_bytes_text(":device:"));
    if (at < 0) {
        return cw_bytes(NULL, 0);
    }
    struct cw_bytes type = cw_bytes_from(value, (size_t)at + strlen(":device:"));
    const uint8_t *end = memchr(type.ptr, ':', type.len);
    return cw_bytes_head(type, end ? (size_t)(end - type.ptr) : 0);
}

static bool
test_ssdp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    bool is_notify = CW_STARTS(in->bytes, "NOTIFY * HTTP/1.");
    bool is_answer = CW_STARTS(in->bytes, "HTTP/1.") && in->src_port == PORT;
    if (!is_notify && !is_answer) {
        is_answer =
            CW_STARTS(in->bytes, "HTTP/1.1 200 OK") && cw_text_header(in->bytes, "ST").len > 0;
    }
    struct cw_bytes usn = cw_text_header(in->bytes, "USN");
    if ((!is_notify && !is_answer) || usn.len == 0) {
        return false;
    }
    cw_lan_identity_begin(out, is_notify ? "SSDP announcement" : "SSDP answer");
    static const char *const told[] = {"SERVER", "USN", "NT", "ST", "LOCATION"};
    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
        cw_lan_identity_weigh(out, cw_text_header(in->bytes, told[i]));
    }
    if (out->is_camera_fact && !out->identity.model[0]) {
        struct cw_bytes type = device_type(usn);
        bool is_standard = cw_text_equal_nocase(type, cw_bytes_text("Basic"));
        CW_SAID(out->identity.model, is_standard ? cw_bytes(NULL, 0) : type);
    }
    return cw_lan_identity_end(out);
}

const struct cw_wire_signature cw_wire_ssdp = {
    .name = "ssdp-identity",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .least = 32,
    .bits = 128,
    .ports = {PORT},
    .first = "NH",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source =
        "UPnP Device Architecture 1.1, captures dlink-dcs935l-setup and edimax-ic3115w-setup",
    .test = test_ssdp,
};
