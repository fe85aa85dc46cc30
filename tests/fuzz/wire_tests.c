/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

/* One message shown to every signature of its transport, whatever its first byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_wire_input in = fuzz_wire_input(cw_bytes(data, size));
    for (const struct cw_wire_signature *const *s = cw_wire_table(); *s; s++) {
        struct cw_wire_match match = {.is_evidence = true};
        if (((*s)->transports & in.transport) && in.wire_len >= (*s)->least &&
            (*s)->test(&in, &match)) {
            fuzz_check_match(&match);
        }
    }
    return 0;
}
