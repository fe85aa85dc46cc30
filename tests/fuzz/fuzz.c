/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <stdio.h>
#include <unistd.h>

#include <pcap/dlt.h>

enum { PIECES_MOST = 1024, WIRE_HEAD = 6 };

bool
fuzz_piece(struct cw_cursor *in, struct cw_bytes *out)
{
    static uint8_t *memory;
    static unsigned n;
    free(memory);
    memory = NULL;
    size_t left = cw_cursor_left(in);
    if (left < 2 || n == PIECES_MOST) {
        n = 0;
        return false;
    }
    size_t len = cw_cursor_be16(in);
    struct cw_bytes bytes = cw_cursor_take(in, len < left - 2 ? len : left - 2);
    memory = malloc(bytes.len ? bytes.len : 1);
    FUZZ_DEMAND(memory);
    memcpy(memory, bytes.ptr, bytes.len);
    *out = cw_bytes(memory, bytes.len);
    n++;
    return true;
}

void
fuzz_patch(struct cw_bytes patches, uint8_t *block, size_t size)
{
    struct cw_cursor in = cw_cursor(patches);
    while (cw_cursor_left(&in) > 4) {
        size_t at = cw_cursor_be24(&in) % size, len = cw_cursor_u8(&in);
        struct cw_bytes with =
            cw_cursor_take(&in, len < cw_cursor_left(&in) ? len : cw_cursor_left(&in));
        memcpy(block + at, with.ptr, with.len < size - at ? with.len : size - at);
    }
}

static char folder[] = "/tmp/camwatch-fuzz-XXXXXX";
static char path[sizeof(folder) + 8];

static void
remove_folder(void)
{
    char bad[sizeof(path) + 4];
    (void)snprintf(bad, sizeof(bad), "%s.bad", path);
    (void)unlink(path);
    (void)unlink(bad);
    (void)rmdir(folder);
}

const char *
fuzz_file(const void *bytes, size_t size)
{
    if (path[0] == '\0') {
        FUZZ_DEMAND(mkdtemp(folder));
        (void)snprintf(path, sizeof(path), "%s/input", folder);
        (void)atexit(remove_folder);
    }
    FILE *file = fopen(path, "wb");
    FUZZ_DEMAND(file && fwrite(bytes, 1, size, file) == size);
    (void)fclose(file);
    return path;
}

static struct camwatch_rules *rules;

static void
print_message(void *user, bool is_error, const char *text)
{
    (void)user;
    (void)is_error;
    (void)fprintf(stderr, "%s\n", text);
}

static void
free_rules(void)
{
    camwatch_rules_free(rules);
}

const struct camwatch_rules *
fuzz_rules(void)
{
    if (!rules) {
        FUZZ_DEMAND(camwatch_rules_load(FUZZ_RULES, print_message, NULL, &rules) ==
                    CAMWATCH_OK);
        (void)atexit(free_rules);
    }
    return rules;
}

uint32_t
fuzz_link_type(uint8_t byte)
{
    static const uint32_t types[] = {
        DLT_EN10MB,
        DLT_LINUX_SLL,
        DLT_LINUX_SLL2,
        DLT_RAW,
        DLT_IPV4,
        DLT_IPV6,
        DLT_NULL,
        DLT_LOOP,
        DLT_PPP,
        DLT_PPP_SERIAL,
        DLT_PPP_ETHER,
        DLT_C_HDLC,
        DLT_IEEE802_11,
        DLT_IEEE802_11_RADIO,
        DLT_PRISM_HEADER,
        DLT_IEEE802_11_RADIO_AVS,
        101,
        14,
        DLT_USB_LINUX,
    };
    return types[byte % (sizeof(types) / sizeof(types[0]))];
}

struct cw_wire_input
fuzz_wire_input(struct cw_bytes in)
{
    static const uint8_t transports[] = {CW_WIRE_UDP, CW_WIRE_TCP, CW_WIRE_UDP, CW_WIRE_ETHER};
    uint8_t flags = cw_u8_at(in, 0);
    struct cw_wire_input out = {
        .bytes = cw_bytes_from(in, WIRE_HEAD),
        .transport = transports[flags & 3],
        .direction = flags >> 2 & 1,
        .at_start = flags >> 3 & 1,
        .to_group = flags >> 4 & 1,
        .ethertype = flags & 0x20 ? 0x8033 : 0x8d8d,
        .src_port = cw_be16_at(in, 1),
        .dst_port = cw_be16_at(in, 3),
        .src_mac = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}},
        .dst_mac = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0x02}},
        .src = cw_addr_v4((const uint8_t[]){192, 0, 2, 1}),
        .dst = cw_addr_v4((const uint8_t[]){198, 51, 100, 2}),
    };
    out.wire_len = (uint32_t)out.bytes.len;
    if (out.transport != CW_WIRE_TCP) {
        out.wire_len += cw_u8_at(in, 5);
    }
    return out;
}

static bool
is_ended(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

#define IS_ENDED(field) is_ended((field), sizeof(field))

void
fuzz_check_match(const struct cw_wire_match *m)
{
    const struct cw_identity *id = &m->identity;
    FUZZ_DEMAND(m->phase < CW_WIRE_N_PHASES && m->sender <= CW_WIRE_FROM_SERVER);
    FUZZ_DEMAND(m->role < CAMWATCH_N_ROLES && m->n_candidates <= CW_WIRE_CANDIDATES);
    FUZZ_DEMAND(IS_ENDED(m->detail) && IS_ENDED(id->maker) && IS_ENDED(id->brand));
    FUZZ_DEMAND(IS_ENDED(id->model) && IS_ENDED(id->serial) && IS_ENDED(id->uid));
    FUZZ_DEMAND(IS_ENDED(id->firmware) && IS_ENDED(id->name));
    FUZZ_DEMAND(id->kind < CAMWATCH_N_DEVICE_KINDS && id->origin < CAMWATCH_N_ORIGINS);
}
