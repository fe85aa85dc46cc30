/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "inventory/inventory.h"

static void
look(void *user, const struct camwatch_device *device)
{
    FUZZ_DEMAND(device->id[0] != '\0');
    ++*(size_t *)user;
}

/* What stands behind the header of a state file; the header is made right. What was read is visited,
 * aged and saved. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cw_hash_key key = {0x63616d7761746368, 0x696e76656e746f72};
    struct cw_inventory *inventory =
        cw_inventory_new(&(struct cw_inventory_settings){.max_devices = 16, .max_side = 4});
    struct camwatch_error error;
    uint8_t *file = malloc(28 + size);
    FUZZ_DEMAND(inventory && file);
    memcpy(file, "CWINVEN\n\0\0\0\1", 12);
    for (unsigned i = 0; i < 8; i++) {
        file[12 + i] = (uint8_t)((uint64_t)size >> (56 - 8 * i));
        file[20 + i] = (uint8_t)(cw_hash(key, data, size) >> (56 - 8 * i));
    }
    memcpy(file + 28, data, size);
    const char *path = fuzz_file(file, 28 + size);
    size_t n = 0;
    if (cw_inventory_load(inventory, path, &error) == CAMWATCH_OK) {
        cw_inventory_visit(inventory, look, &n);
        FUZZ_DEMAND(cw_inventory_save(inventory, path, &error) == CAMWATCH_OK);
    }
    cw_inventory_free(inventory);
    free(file);
    return 0;
}
