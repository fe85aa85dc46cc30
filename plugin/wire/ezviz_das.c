/* SPDX-License-Identifier: Apache-2.0
 *
 * EZVIZ DAS, where a device stays registered: MQTT whose CONNECT has a will topic of its own
 * (protocols_seed_vendors.md 2.7; MQTT 3.1.1 3.1). User name and password are never read.
 */
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

#define TOPIC_START "/Basic/pu2cenplt/"

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    enum { CONNECT = 0x10, PROTOCOL_WITHIN = 12, SERIAL_MIN = 9 };
    struct cw_bytes b = in->bytes;
    ptrdiff_t at = cw_text_find(b, cw_bytes_text(TOPIC_START));
    if (at < 0 || b.ptr[0] != CONNECT ||
        !cw_scan_has(cw_bytes_head(b, PROTOCOL_WITHIN), "MQTT")) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_DEVICE, "EZVIZ MQTT log-in");
    cw_said_device(out);
    out->role = CAMWATCH_ROLE_REGISTRATION;
    struct cw_bytes serial = cw_text_between(cw_bytes_from(b, (size_t)at), TOPIC_START, "/");
    if (serial.len >= SERIAL_MIN && cw_text_is_alnum(serial)) {
        CW_SAID(out->identity.serial, serial);
    }
    return true;
}

const struct cw_wire_signature cw_wire_ezviz_das = {
    .name = "ezviz-das",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = 40,
    .bits = 136,
    .ports = {8820},
    .first = "\x10",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(REGISTRATION),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "protocols_seed_vendors.md 2.7",
    .test = test,
};
