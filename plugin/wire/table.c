/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/wire.h"

#define CW_WIRE(symbol) extern const struct cw_wire_signature cw_wire_##symbol;
#include "wire/signatures.def"
#undef CW_WIRE

const struct cw_wire_signature *const *
cw_wire_table(void)
{
    static const struct cw_wire_signature *const table[] = {
#define CW_WIRE(symbol) &cw_wire_##symbol,
#include "wire/signatures.def"
#undef CW_WIRE
        NULL,
    };
    return table;
}

const char *
cw_wire_phase_text(unsigned phase)
{
    static const char *const texts[] = {
#define TEXT(s, t, h) t,
        CW_WIRE_PHASES(TEXT)
#undef TEXT
    };
    return phase < CW_WIRE_N_PHASES ? texts[phase] : "";
}

const char *
cw_wire_sender_text(unsigned sender)
{
    static const char *const texts[] = {
        [CW_WIRE_FROM_UNKNOWN] = "",
        [CW_WIRE_FROM_DEVICE] = "device",
        [CW_WIRE_FROM_VIEWER] = "viewer",
        [CW_WIRE_FROM_SERVER] = "server",
    };
    return sender < sizeof(texts) / sizeof(texts[0]) ? texts[sender] : "";
}
