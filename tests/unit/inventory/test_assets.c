/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "seen.h"

#include <stdlib.h>
#include <unistd.h>

#include "inventory/assets.h"
#include "inventory/store.h"

static char path[] = "/tmp/camwatch-assets-XXXXXX";
static struct camwatch_error error;

static int
make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static int
load_bytes(const char *text, size_t len, struct cw_assets **out)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    return cw_assets_load(path, out, &error);
}

static struct cw_assets *
load(const char *text)
{
    struct cw_assets *assets = NULL;
    int status = load_bytes(text, strlen(text), &assets);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CAMWATCH_OK);
    return assets;
}

static void
assert_error(const char *text, unsigned line, const char *why)
{
    struct cw_assets *assets = NULL;
    char start[64];
    assert_int_equal(load_bytes(text, strlen(text), &assets), CAMWATCH_EINVAL);
    assert_null(assets);
    (void)snprintf(start, sizeof(start), "%s:%u: ", path, line);
    assert_int_equal(strncmp(error.text, start, strlen(start)), 0);
    assert_non_null(strstr(error.text, why));
}

static void
test_columns_in_any_order(void **state)
{
    (void)state;
    struct cw_assets *assets = load("Name,sanctioned,mac,site\r\n"
                                    "Lobby,no,00:00:5e:00:53:01,North\r\n"
                                    "Gate,,00-00-5E-00-53-02,\n");
    assert_int_equal(cw_assets_count(assets), 2);
    const struct cw_asset *row = cw_assets_at(assets, 0);
    assert_string_equal(row->name, "Lobby");
    assert_string_equal(row->site, "North");
    assert_string_equal(row->owner, "");
    assert_int_equal(row->sanctioned, CW_SANCTIONED_NO);
    assert_int_equal(row->line, 2);
    assert_int_equal(cw_assets_at(assets, 1)->sanctioned, CW_SANCTIONED_NOT_SAID);
    cw_assets_free(assets);
}

/* RFC 4180 2.5 to 2.7: commas, quotes and line breaks in a quoted field. */
static void
test_quoting(void **state)
{
    (void)state;
    struct cw_assets *assets = load("\xef\xbb\xbfserial,name,site\n"
                                    "A1,\"Lobby, \"\"east\"\"\",\"two\nlines\"\n"
                                    "\n"
                                    "\"A2\",,last");
    assert_int_equal(cw_assets_count(assets), 2);
    assert_string_equal(cw_assets_at(assets, 0)->name, "Lobby, \"east\"");
    assert_string_equal(cw_assets_at(assets, 1)->serial, "A2");
    assert_string_equal(cw_assets_at(assets, 1)->site, "last");
    assert_int_equal(cw_assets_at(assets, 1)->line, 5);
    cw_assets_free(assets);
}

static void
test_errors_say_line_and_what_is_allowed(void **state)
{
    (void)state;
    assert_error("", 1, "no header row");
    assert_error("mac,nmae\n", 1, "unknown column \"nmae\"; allowed are mac, ip, serial");
    assert_error("mac,mac\n", 1, "twice");
    assert_error("name,site\n", 1, "no column mac, ip or serial");
    assert_error("mac,name\n00-00-5E-00-53-01\n", 2, "1 fields, but the header names 2");
    assert_error("mac\nxx\n", 2, "\"xx\" is no MAC");
    assert_error("mac\n01-00-5E-00-00-FB\n", 2, "no MAC of one device");
    assert_error("ip\n\n\n192.0.2.300\n", 4, "\"192.0.2.300\" is no address");
    assert_error("ip\n224.0.0.1\n", 2, "no address of one device");
    assert_error("ip\n192.0.2.0/24\n", 2, "no address");
    assert_error("mac,name\n,Lobby\n", 2, "neither mac nor ip nor serial");
    assert_error("ip,sanctioned\n192.0.2.1,true\n", 2, "allowed are yes, no and nothing");
    assert_error("serial,name\nA,\"x\"y\n", 2, "after a closing quote");
    assert_error("serial,name\nA,x\"y\n", 2, "a quote inside");
    assert_error("serial,name\nA,\"x\n\n", 4, "not closed");
    assert_error("serial,name\rA,x\n", 1, "carriage return");
    assert_error("serial\nA\nB\nA\n", 4, "sn:A stands already in line 2");
    assert_error("mac\n00-00-5E-00-53-01\n00005e005301\n", 3, "already in line 2");
}

static void
test_nul_long_field_and_missing_file(void **state)
{
    (void)state;
    struct cw_assets *assets = NULL;
    assert_int_equal(load_bytes("serial\nA\0B\n", 11, &assets), CAMWATCH_EINVAL);
    assert_non_null(strstr(error.text, ":2: NUL byte"));
    char text[400] = "serial\n";
    memset(text + 7, 'x', 300);
    assert_int_equal(load_bytes(text, 307, &assets), CAMWATCH_EINVAL);
    assert_non_null(strstr(error.text, ":2: field is longer"));
    assert_int_equal(cw_assets_load("/nonexistent.csv", &assets, &error), CAMWATCH_EIO);
    assert_string_equal(error.text,
                        "/nonexistent.csv: cannot be read: No such file or directory");
    assert_int_equal(cw_assets_load("/", &assets, &error), CAMWATCH_EIO);
}

/* Cut anywhere it is read whole, or refused with a line; never more. */
static void
test_cut_at_every_length(void **state)
{
    (void)state;
    static const char text[] = "mac,name\r\n00-00-5E-00-53-01,\"a \"\"b\"\"\"\r\n";
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        struct cw_assets *assets = NULL;
        if (load_bytes(text, i, &assets) == CAMWATCH_OK) {
            assert_true(cw_assets_count(assets) <= 1);
            cw_assets_free(assets);
        } else {
            assert_int_equal(strncmp(error.text, path, strlen(path)), 0);
        }
    }
}

struct found {
    unsigned devices, rows;
    char device[192];
    char row[64];
};

static void
take(void *user, const struct camwatch_device *device, const struct cw_asset *asset)
{
    struct found *found = user;
    if (device) {
        found->devices++;
        cw_text_set(found->device, sizeof(found->device), device->id);
    } else {
        found->rows++;
        cw_text_set(found->row, sizeof(found->row), asset->name);
    }
}

static void
test_audit(void **state)
{
    (void)state;
    struct cw_assets *assets = load("mac,ip,serial,name\n"
                                    "00-00-5E-00-53-01,,,by mac\n"
                                    ",192.0.2.2,,by address\n"
                                    ",,SERIAL-C,by serial\n"
                                    ",,SERIAL-Z,never seen\n");
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    struct cw_record_device b = camera(2, "192.0.2.2", NULL);
    struct cw_record_device c = camera(3, "192.0.2.3", "SERIAL-C");
    struct cw_record_device d = camera(4, "192.0.2.4", "SERIAL-D");
    struct cw_record_device host =
        seen(5, "192.0.2.5"); /* no surveillance device: not asked for */
    merge(inv, &a);
    merge(inv, &b);
    merge(inv, &c);
    merge(inv, &d);
    merge(inv, &host);
    struct found found = {0};
    cw_assets_audit(assets, inv, take, &found);
    assert_int_equal(found.devices, 1);
    assert_string_equal(found.device, "mac:00-00-5E-00-53-04");
    assert_int_equal(found.rows, 1);
    assert_string_equal(found.row, "never seen");

    cw_inventory_set_assets(inv, assets);
    struct cw_device_view view;
    assert_string_equal(view_of(inv, "mac:00-00-5E-00-53-03", &view)->asset_name, "by serial");
    assert_string_equal(view_of(inv, "mac:00-00-5E-00-53-02", &view)->asset_name, "by address");
    assert_string_equal(view_of(inv, "mac:00-00-5E-00-53-04", &view)->asset_name, "");
    cw_inventory_free(inv);
    cw_assets_free(assets);
}

/* A device is said to be as its row says, by whichever of its names the row uses. */
static void
test_status(void **state)
{
    (void)state;
    struct cw_assets *assets = load("mac,maker,sanctioned\n"
                                    "00-00-5E-00-53-01,example digital,\n"
                                    "00-00-5E-00-53-02,Example Digital Holding,yes\n"
                                    "00-00-5E-00-53-03,Another,yes\n"
                                    "00-00-5E-00-53-04,Another,no\n"
                                    "00-00-5E-00-53-06,,yes\n");

    static const struct {
        unsigned number, status;
    } rows[] = {
        {1, CAMWATCH_ASSET_LISTED},      {2, CAMWATCH_ASSET_LISTED},
        {3, CAMWATCH_ASSET_OTHER_MAKER}, {4, CAMWATCH_ASSET_NOT_SANCTIONED},
        {5, CAMWATCH_ASSET_NOT_LISTED},  {6, CAMWATCH_ASSET_LISTED},
    };
    struct cw_inv_device device = {.is_surveillance = true, .class = CW_CLASS_SURVEILLANCE};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        device.macs[0] = (struct cw_mac){{0, 0, 0x5e, 0, 0x53, (uint8_t)rows[i].number}};
        device.n_macs = 1;
        const struct cw_asset *row = cw_assets_of(assets, &device);
        assert_int_equal(cw_assets_status(row, &device, "", "Example Digital"), rows[i].status);
        bool is_free = rows[i].status == CAMWATCH_ASSET_OTHER_MAKER; /* nobody is known yet */
        assert_int_equal(cw_assets_status(row, &device, "", ""),
                         is_free ? CAMWATCH_ASSET_LISTED : rows[i].status);
    }
    device.class = CW_CLASS_SIDE; /* only spoken of */
    assert_int_equal(cw_assets_status(NULL, &device, "", ""), CAMWATCH_ASSET_NONE);
    device.class = CW_CLASS_ORDINARY;
    device.is_surveillance = false;
    assert_int_equal(cw_assets_status(NULL, &device, "", ""), CAMWATCH_ASSET_NONE);
    cw_assets_free(assets);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_in_any_order),
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_errors_say_line_and_what_is_allowed),
        cmocka_unit_test(test_nul_long_field_and_missing_file),
        cmocka_unit_test(test_cut_at_every_length),
        cmocka_unit_test(test_audit),
        cmocka_unit_test(test_status),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
