/* SPDX-License-Identifier: Apache-2.0
 *
 * Recorders' lists, as their makers publish the answers: whole, cut at every length and split at every
 * length; no log-in of a camera leaves them.
 */
#define _GNU_SOURCE
#include "wire_message.h"

#include "wire/recorder_list.h"

#define SECRET "s3cret"

enum { ENTRIES = 4 };

struct entry {
    const char *name, *model, *serial, *firmware, *maker, *addr;
};

struct list_case {
    bool (*read)(struct cw_bytes text, struct cw_wire_match *m);
    const char *text;
    size_t n;
    struct entry entries[ENTRIES];
};

static const char isapi[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<InputProxyChannelList version=\"1.0\" "
    "xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\n"
    "<InputProxyChannel version=\"1.0\">\n<id>1</id>\n<name>Hall</name>\n"
    "<sourceInputPortDescriptor>\n<proxyProtocol>HIKVISION</proxyProtocol>\n"
    "<addressingFormatType>ipaddress</addressingFormatType>\n<ipAddress>192.0.2.45</"
    "ipAddress>\n"
    "<managePortNo>8000</managePortNo>\n<userName>" SECRET "</userName>\n<password>" SECRET
    "</password>\n<model>DS-2CD3141G0-I</model>\n"
    "<serialNumber>DS-2CD3141G0-I20210929AAWRG00000001</serialNumber>\n"
    "<firmwareVersion>V5.5.122</firmwareVersion>\n</sourceInputPortDescriptor>\n"
    "</InputProxyChannel>\n"
    "<InputProxyChannel><id>2</id><name>empty</name></InputProxyChannel>\n"
    "<InputProxyChannel><id>3</id><name>Gate</name><sourceInputPortDescriptor>"
    "<proxyProtocol>ONVIF</proxyProtocol><ipAddress>192.0.2.46</ipAddress><userName>" SECRET
    "</userName></sourceInputPortDescriptor></InputProxyChannel>\n"
    "</InputProxyChannelList>\n";

static const char catalog[] =
    "<?xml version=\"1.0\" "
    "encoding=\"GB2312\"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType>\r\n"
    "<SN>17</SN>\r\n<DeviceID>34020000001180000001</DeviceID>\r\n<SumNum>3</SumNum>\r\n"
    "<DeviceList Num=\"3\">\r\n<Item>\r\n<DeviceID>34020000001320000001</DeviceID>\r\n"
    "<Name>North</Name>\r\n<Manufacturer>Hikvision</Manufacturer>\r\n<Model>IPC-N</Model>\r\n"
    "<Owner>Owner</Owner>\r\n<IPAddress>192.0.2.47</IPAddress>\r\n<Password>" SECRET
    "</Password>\r\n<Status>ON</Status>\r\n</Item>\r\n"
    "<Item><DeviceID>34020000002160000001</DeviceID><Name>an area</Name></Item>\r\n"
    "<Item><DeviceID>34020000001310000002</DeviceID><Name>South</Name></Item>\r\n"
    "</DeviceList>\r\n</Response>\r\n";

#define DAHUA "table.RemoteDevice.uuid:System_CONFIG_NETCAMERA_INFO_"
static const char dahua_lines[] =
    DAHUA "0.Address=192.0.2.48\r\n" DAHUA "0.DeviceType=IPC-HFW1431S\r\n" DAHUA
          "0.Enable=true\r\n" DAHUA "0.Mac=00:00:5e:00:53:48\r\n" DAHUA "0.Name=Yard\r\n" DAHUA
          "0.Password=" SECRET "\r\n" DAHUA "0.SerialNo=6L0A1B2PAG00048\r\n" DAHUA
          "0.UserName=" SECRET "\r\n" DAHUA "0.Vendor=Private\r\n" DAHUA
          "0.Version=2.800.0000004.0.R\r\n" DAHUA "1.Address=192.168.1.108\r\n" DAHUA
          "1.Name=\r\n" DAHUA "10.Name=nobody\r\n" DAHUA "10.Password=" SECRET "\r\n";

static const char dahua_json[] =
    "{\"id\":4,\"params\":{\"table\":{\"uuid:System_CONFIG_NETCAMERA_INFO_0\":{"
    "\"Address\":\"192.0.2.49\",\"DeviceType\":\"IPC-F22\",\"Mac\":\"ff:ff:ff:ff:ff:ff\","
    "\"Name\":\"a } in a name\",\"Password\":\"" SECRET "\",\"SerialNo\":\"7H07AB1RAZ00049\","
    "\"UserName\":\"" SECRET "\",\"Vendor\":\"Dahua\",\"VideoInputs\":[{\"Name\":\"x\"}]},"
    "\"uuid:System_CONFIG_NETCAMERA_INFO_1\":{\"Address\":\"192.0.2.50\"}}},\"result\":true}";

static const char xiongmai[] =
    "{ \"Name\" : \"NetWork.RemoteDeviceV3\", \"NetWork.RemoteDeviceV3\" : [ { \"ConnType\" : "
    "\"SINGLE\", \"Decoder\" : [ { \"Channel\" : 0, \"IPAddress\" : \"0x330200C0\", "
    "\"MacAddr\" : \"00:00:5e:00:53:51\", \"PassWord\" : \"" SECRET "\", \"UserName\" : "
    "\"" SECRET "\" } ], \"Enable\" : true }, { \"Decoder\" : [ { \"IPAddress\" : "
    "\"192.0.2.52\" } ] }, { \"Decoder\" : [ { \"IPAddress\" : \"0x00000000\" } ] } ], "
    "\"Ret\" : 100 }";

static const struct list_case cases[] = {
    {cw_recorder_isapi,
     isapi,
     2,
     {{"Hall", "DS-2CD3141G0-I", "DS-2CD3141G0-I20210929AAWRG00000001", "V5.5.122",
       "Hangzhou Hikvision Digital Technology", "192.0.2.45"},
      {"Gate", "", "", "", "", "192.0.2.46"}}},
    {cw_recorder_catalog,
     catalog,
     2,
     {{"North", "IPC-N", "", "", "", "192.0.2.47"}, {"South", "", "", "", "", ""}}},
    {cw_recorder_dahua,
     dahua_lines,
     2,
     {{"Yard", "IPC-HFW1431S", "6L0A1B2PAG00048", "2.800.0000004.0.R", "", "192.0.2.48"},
      {"", "", "", "", "", "192.168.1.108"}}},
    {cw_recorder_dahua,
     dahua_json,
     2,
     {{"a } in a name", "IPC-F22", "7H07AB1RAZ00049", "", "Zhejiang Dahua Technology",
       "192.0.2.49"},
      {"", "", "", "", "", "192.0.2.50"}}},
    {cw_recorder_xiongmai,
     xiongmai,
     2,
     {{"", "", "", "", "", "192.0.2.51"}, {"", "", "", "", "", "192.0.2.52"}}},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void
assert_entry(const struct cw_identity *got, const struct entry *want)
{
    char addr[CW_ADDR_TEXT_MAX] = "";
    if (!cw_addr_is_none(&got->addr)) {
        cw_addr_format(&got->addr, addr);
    }
    assert_string_equal(got->name, want->name);
    assert_string_equal(got->model, want->model);
    assert_string_equal(got->serial, want->serial);
    assert_string_equal(got->firmware, want->firmware);
    assert_string_equal(got->maker, want->maker);
    assert_string_equal(addr, want->addr);
    assert_int_equal(got->origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_null(memmem(got, sizeof(*got), SECRET, strlen(SECRET)));
}

/* Entries of bytes in memory that ends where they do; rest is how much was left. */
static size_t
read_all(bool (*next)(struct cw_bytes *, struct cw_identity *), struct cw_bytes bytes,
         struct cw_identity out[ENTRIES], size_t *rest)
{
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes.ptr, bytes.len);
    struct cw_bytes left = cw_bytes(copy, bytes.len);
    size_t n = 0;
    struct cw_identity one;
    while (next(&left, &one)) {
        assert_true(n < ENTRIES);
        out[n++] = one;
    }
    assert_true(left.len <= bytes.len);
    assert_true(left.len == 0 || left.ptr + left.len == copy + bytes.len);
    *rest = left.len;
    free(copy);
    return n;
}

static struct cw_wire_match
begin(const struct list_case *c, struct cw_bytes text)
{
    struct cw_wire_match m = {.is_evidence = true};
    assert_true(c->read(text, &m));
    assert_non_null(m.list.next);
    assert_int_equal(m.identity.kind, CAMWATCH_KIND_RECORDER);
    return m;
}

static void
test_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct cw_wire_match m = begin(&cases[i], cw_bytes_text(cases[i].text));
        struct cw_identity got[ENTRIES];
        size_t rest;
        assert_int_equal(read_all(m.list.next, m.list.rest, got, &rest), cases[i].n);
        for (size_t k = 0; k < cases[i].n; k++) {
            assert_entry(&got[k], &cases[i].entries[k]);
        }
    }
}

/* What is cut gives the entries that are whole, and never half of one. A line of Dahua's that ends may
 * be the last one of its camera. */
static void
test_cut_at_every_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct cw_bytes list = begin(&cases[i], cw_bytes_text(cases[i].text)).list.rest;
        struct cw_wire_match m = begin(&cases[i], cw_bytes_text(cases[i].text));
        for (size_t n = 0; n < list.len; n++) {
            struct cw_identity got[ENTRIES];
            size_t rest, k = read_all(m.list.next, cw_bytes_head(list, n), got, &rest);
            assert_true(k <= cases[i].n);
            bool may_lack = cases[i].text == dahua_lines;
            for (size_t j = 0; j < k && !may_lack; j++) {
                assert_entry(&got[j], &cases[i].entries[j]);
            }
            for (size_t j = 0; j < k; j++) {
                assert_null(memmem(&got[j], sizeof(got[j]), SECRET, strlen(SECRET)));
            }
        }
    }
}

/* In two segments, wherever they are cut: the same entries, but where a line ends. */
static void
test_split_at_every_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct cw_wire_match m = begin(&cases[i], cw_bytes_text(cases[i].text));
        struct cw_bytes list = m.list.rest;
        for (size_t n = 0; n <= list.len; n++) {
            struct cw_identity got[2 * ENTRIES];
            size_t rest, more, k = read_all(m.list.next, cw_bytes_head(list, n), got, &rest);
            if (cases[i].text == dahua_lines && n > 0 && list.ptr[n - 1] == '\n') {
                continue;
            }
            k += read_all(m.list.next, cw_bytes_from(list, n - rest), got + k, &more);
            assert_int_equal(k, cases[i].n);
            for (size_t j = 0; j < k; j++) {
                assert_entry(&got[j], &cases[i].entries[j]);
            }
        }
    }
}

static void
test_others_are_no_lists(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<InputProxyChannelListX></InputProxyChannelListX>",
        "<Response><CmdType>Alarm</CmdType><DeviceList Num=\"0\"></DeviceList></Response>",
        "table.ChannelTitle[0].Name=Yard\r\n",
        "{\"Name\":\"NetWork.RemoteDeviceV3\"}",
        "",
    };
    struct cw_wire_match m = {0};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (size_t k = 0; k < CASES; k++) {
            assert_false(cases[k].read(cw_bytes_text(texts[i]), &m));
        }
    }
    assert_null(m.list.next);
}

/* Braces that never close, and deeper than any list: bounded, and nothing is said. */
static void
test_hostile(void **state)
{
    (void)state;
    char text[4096] = "\"Decoder\" \"NetWork.RemoteDeviceV3\" System_CONFIG_NETCAMERA_INFO_0";
    size_t at = strlen(text);
    memset(text + at, '{', sizeof(text) - at);
    struct cw_bytes bytes = cw_bytes(text, sizeof(text));
    for (size_t i = 3; i < CASES; i++) {
        struct cw_wire_match m = begin(&cases[i], bytes);
        struct cw_identity got[ENTRIES];
        size_t rest;
        assert_int_equal(read_all(m.list.next, m.list.rest, got, &rest), 0);
    }
}

/* A key outside of any object, far behind: passed over at once, and what follows is read. */
static void
test_key_without_object(void **state)
{
    (void)state;

    enum { BLANKS = 1 << 20 };

    static const char head[] = "\"NetWork.RemoteDeviceV3\" \"Decoder\"";
    static const char tail[] = "\"IPAddress\" : { \"IPAddress\" : \"192.0.2.53\" }";
    static char text[BLANKS + sizeof(tail) - 1];
    struct cw_identity got[ENTRIES];
    size_t rest;
    memset(text, ' ', BLANKS);
    memcpy(text, head, sizeof(head) - 1);
    memcpy(text + BLANKS, tail, sizeof(tail) - 1);
    struct cw_wire_match m = {0};
    assert_true(cw_recorder_xiongmai(cw_bytes(text, sizeof(text)), &m));
    assert_int_equal(read_all(m.list.next, m.list.rest, got, &rest), 1);
    assert_entry(&got[0], &(struct entry){"", "", "", "", "", "192.0.2.53"});
    assert_int_equal(rest, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_cut_at_every_length),
        cmocka_unit_test(test_split_at_every_length),
        cmocka_unit_test(test_others_are_no_lists),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_key_without_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
