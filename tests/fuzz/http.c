/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/http.h"

#include "fuzz.h"

static void
demand_inside(const uint8_t *data, size_t size, struct cw_bytes part)
{
    FUZZ_DEMAND(part.len == 0 || (part.ptr >= data && part.ptr + part.len <= data + size));
}

/* Every span that is handed on lies in the input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_http_message m;
    if (cw_http_parse(cw_bytes(data, size), &m) != CW_START_OTHER) {
        const struct cw_bytes parts[] = {m.method,     m.path,         m.host, m.server,
                                         m.user_agent, m.content_type, m.realm};
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
            demand_inside(data, size, parts[i]);
        }
    }
    return 0;
}
