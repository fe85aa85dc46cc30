/* SPDX-License-Identifier: Apache-2.0
 *
 * The signatures of makers over real captures: what an Amcrest camera says when it starts, and
 * that RTSP is called RTSP and nothing more. Skipped where there are no captures.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "wire_message.h"
#include "wire_walk.h"

static const char *folder;

struct amcrest {
    bool has_rendezvous;
    bool has_registration;
    bool has_heartbeat;
    bool has_onvif;
    char serial[48];
};

static void
note_p2p(struct amcrest *seen, const struct walk_hit *hit)
{
    const struct cw_wire_match *m = &hit->result->match;
    assert_memory_equal(m->identity.serial, "AMC", 3);
    if (seen->serial[0]) {
        assert_string_equal(m->identity.serial, seen->serial);
    }
    memcpy(seen->serial, m->identity.serial, sizeof(seen->serial));
    seen->has_rendezvous |= hit->in->dst_port == 8800 && m->role == CAMWATCH_ROLE_RENDEZVOUS;
    seen->has_registration |=
        hit->in->dst_port == 8802 && m->phase == CW_WIRE_PHASE_REGISTRATION;
    seen->has_heartbeat |= hit->in->dst_port == 8802 && m->phase == CW_WIRE_PHASE_KEEPALIVE;
}

static void
note_amcrest(void *cookie, const struct walk_hit *hit)
{
    const struct cw_wire_result *r = hit->result;
    if (!r->is_confirmed || r->match.sender != CW_WIRE_FROM_DEVICE ||
        !r->match.is_camera_fact) {
        return;
    }
    if (strcmp(r->signature->name, "dahua-p2p") == 0) {
        note_p2p(cookie, hit);
    } else if (strcmp(r->signature->name, "onvif-discovery") == 0) {
        struct amcrest *seen = cookie;
        seen->has_onvif |= strcmp(r->match.identity.brand, "Amcrest") == 0;
    }
}

/* corrections.md 3 and 8 */
static void
test_amcrest(void **unused)
{
    (void)unused;
    static const char *const files[] = {"amcrest-boot", "amcrest-intercepted-1",
                                        "amcrest-intercepted-6"};
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        char path[4200];
        struct amcrest seen = {0};
        (void)snprintf(path, sizeof(path), "%s/cameras/%s.pcap", folder, files[i]);
        assert_true(walk_capture(path, note_amcrest, &seen) > 0);
        assert_true(seen.has_rendezvous);
        assert_true(seen.has_registration);
        assert_true(seen.has_heartbeat);
        assert_true(seen.has_onvif);
    }
}

static void
note_rtsp(void *cookie, const struct walk_hit *hit)
{
    unsigned *count = cookie;
    assert_string_equal(hit->result->signature->name, "rtsp");
    assert_false(hit->result->signature->proves_device);
    assert_false(hit->result->match.is_camera_fact);
    assert_null(hit->result->match.vendor);
    *count += 1;
}

static void
test_rtsp_is_only_rtsp(void **unused)
{
    (void)unused;
    char path[4200];
    unsigned count = 0;
    (void)snprintf(path, sizeof(path), "%s/ordinary/ndpi-rtsp_setup_http.pcapng", folder);
    assert_true(walk_capture(path, note_rtsp, &count) > 0);
    assert_int_equal(count, 1);
}

int
main(void)
{
    folder = walk_folder();
    if (!folder) {
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amcrest),
        cmocka_unit_test(test_rtsp_is_only_rtsp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
