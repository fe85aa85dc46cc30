/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

/* Messages of one flow as pieces. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_cursor in = cw_cursor(cw_bytes(data, size));
    struct cw_wire_state state = {0};
    for (struct cw_bytes piece; fuzz_piece(&in, &piece);) {
        struct cw_wire_input message = fuzz_wire_input(piece);
        struct cw_wire_result result;
        if (cw_wire_inspect(&state, &message, &result)) {
            FUZZ_DEMAND(result.signature);
            fuzz_check_match(&result.match);
        }
    }
    return 0;
}
