/* SPDX-License-Identifier: Apache-2.0
 *
 * First inputs that only the code itself can write: records and the state of an inventory that they
 * made. samples FOLDER, where FOLDER/records and FOLDER/state come to be.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "inventory/inventory.h"
#include "samples.h"

enum { STATE_HEADER = 28 };

static const char *folder;

static void
put(const char *target, const char *name, const void *bytes, size_t size)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, target);
    (void)mkdir(path, 0777);
    (void)snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
    FILE *file = fopen(path, "wb");
    FUZZ_DEMAND(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static void
put_record(const char *name, const struct cw_record *record, size_t size)
{
    uint8_t piece[2 + sizeof(struct cw_record_device)] = {(uint8_t)(size >> 8), (uint8_t)size};
    memcpy(piece + 2, record, size);
    put("records", name, piece, 2 + size);
}

static struct cw_record_device
device_record(unsigned scope)
{
    struct cw_record_flow flow = sample_flow();
    struct cw_record_device device = {
        .head = {sizeof(device), CW_RECORD_VERSION, CW_RECORD_DEVICE, 0, SAMPLE_TIME_NS},
        .scope = (uint8_t)scope,
        .n_evidence = 1,
        .mac = flow.src_mac,
        .addr = flow.src,
        .behind_addr = sample_addr("192.0.2.99"),
        .device = flow.device,
        .has_identity = 1,
        .identity = {.kind = CAMWATCH_KIND_CAMERA,
                     .is_surveillance = true,
                     .brand = "Example Vision",
                     .maker = "Example Digital",
                     .model = "EX-1",
                     .serial = "EX0000001",
                     .uid = "ABCDE-000001-FGHIJ"},
    };
    device.evidence[0] = flow.evidence[1];
    device.evidence[0].subject = CW_SUBJECT_DEVICE;
    device.evidence[0].is_surveillance = 1;
    return device;
}

static void
put_state(void)
{
    static uint8_t bytes[65536];
    char path[4096];
    struct camwatch_error error;
    struct cw_inventory_change change;
    struct cw_inventory *inventory = cw_inventory_new(&(struct cw_inventory_settings){0});
    struct cw_record_flow flow = sample_flow();
    for (unsigned scope = 0; scope < CAMWATCH_N_SCOPES; scope++) {
        struct cw_record_device device = device_record(scope);
        cw_inventory_merge_device(inventory, &device, &change);
    }
    cw_inventory_merge_flow(inventory, &flow, &change);
    (void)snprintf(path, sizeof(path), "%s/state.bin", folder);
    FUZZ_DEMAND(cw_inventory_save(inventory, path, &error) == CAMWATCH_OK);
    cw_inventory_free(inventory);
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
    FUZZ_DEMAND(size > STATE_HEADER && fclose(file) == 0);
    put("state", "saved", bytes + STATE_HEADER, size - STATE_HEADER);
    (void)remove(path);
}

int
main(int argc, char **argv)
{
    folder = argc == 2 ? argv[1] : ".";
    struct cw_record_flow flow = sample_flow();
    struct cw_record_device local = device_record(CAMWATCH_SCOPE_LOCAL);
    struct cw_record_device behind = device_record(CAMWATCH_SCOPE_BEHIND);
    struct cw_record_stats stats = {
        .head = {sizeof(stats), CW_RECORD_VERSION, CW_RECORD_STATS, 0, SAMPLE_TIME_NS}};
    struct cw_record_alert alert = {
        .head = {sizeof(alert), CW_RECORD_VERSION, CW_RECORD_ALERT, 0, SAMPLE_TIME_NS},
        .name = "span-silent"};
    put_record("flow", &flow.head, sizeof(flow));
    put_record("device", &local.head, sizeof(local));
    put_record("behind", &behind.head, sizeof(behind));
    put_record("stats", &stats.head, sizeof(stats));
    put_record("alert", &alert.head, sizeof(alert));
    put_state();
    return 0;
}
