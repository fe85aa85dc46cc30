/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/assets.h"

#include "fuzz.h"

/* A whole assets.csv: its rows keep what they promise, or the error names the line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_assets *assets;
    struct camwatch_error error;
    const char *path = fuzz_file(data, size);
    int status = cw_assets_load(path, &assets, &error);
    FUZZ_DEMAND(status == CAMWATCH_OK || strncmp(error.text, path, strlen(path)) == 0);
    for (size_t i = 0; status == CAMWATCH_OK && i < cw_assets_count(assets); i++) {
        const struct cw_asset *a = cw_assets_at(assets, i);
        FUZZ_DEMAND(!cw_mac_is_none(&a->mac) || !cw_addr_is_none(&a->addr) || a->serial[0]);
    }
    if (status == CAMWATCH_OK) {
        cw_assets_free(assets);
    }
    return 0;
}
