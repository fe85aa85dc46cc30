/* SPDX-License-Identifier: Apache-2.0
 *
 * Beacon of EZVIZ devices without IP, EtherType 0x8d8d (protocols_seed_vendors.md 2.9).
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"

enum { ADDRESS = 16, MARK = 22, LEAST = 46 };

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes, address = cw_text_trim(cw_bytes_head(b, ADDRESS));
    struct cw_addr addr = {0};
    cw_said_addr(&addr, address);
    if (b.len < LEAST || !CW_STARTS(cw_bytes_from(b, MARK), "/discover/") ||
        !cw_addr_is_v4(&addr)) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, "EZVIZ beacon");
    cw_said_device(out);
    out->role = CAMWATCH_ROLE_DISCOVERY;
    out->identity.addr = addr;
    return true;
}

const struct cw_wire_signature cw_wire_ezviz_beacon = {
    .name = "ezviz-beacon",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_ETHER,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = LEAST,
    .bits = 110,
    .ethertype = 0x8d8d,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "protocols_seed_vendors.md 2.9",
    .test = test,
};
