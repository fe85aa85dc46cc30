/* SPDX-License-Identifier: Apache-2.0
 *
 * All wire signatures over real captures: each camera is found by its protocol and says its name, and
 * not one of the ordinary captures holds a surveillance device. Skipped where there are no captures.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>

#include "wire_probe.h"
#include "wire_walk.h"

struct expectation {
    const char *file;
    const char *signature;
    unsigned least;       /* confirmed messages */
    const char *identity; /* UID, model or name that some message gives, or NULL */
    bool is_camera_fact;  /* some confirmed message is a fact about a surveillance device */
};

/* README of the captures; corrections.md 1, 6, 9. */
static const struct expectation expected[] = {
    {"yi-boot.pcap", "pppp", 100, "TNPUSAE-227402-DSELD", true},
    {"yi-intercepted-4.pcap", "pppp", 100, "TNPUSAE-227402-DSELD", true},
    {"xiaomi-y2-setup.pcap", "pppp", 200, "XMSYCNT-031847-NDZUL", true},
    {"xiaomi-y2-idle_remote.pcap", "pppp", 700, "XMSYCNT-031847-NDZUL", true},
    {"xiaomi-y2-speak_local.pcap", "pppp", 1900, NULL, true},
    {"xiaomi-y2-update.pcap", "pppp", 20, "XMSYCNT-031847-NDZUL", true},
    {"xiaomi-y2-update.pcap", "pppp-tcp", 2, NULL, true},
    {"reolink-baichuan-login.pcapng", "reolink-baichuan", 10, NULL, true},
    {"naxclow-v720.pcapng", "naxclow-v720", 3, "0800c00128F8", true},
    {"dlink-dcs935l-setup.pcap", "ssdp-identity", 50, "DCS-935L", true},
    {"dlink-dcs935l-setup.pcap", "mdns-identity", 10, "DCS-935L", true},
    {"dlink-dcs935l-setup.pcap", "dhcp-identity", 2, "DCS-935L", true},
    {"dlink-dcs935l-setup.pcap", "upnp-description", 1, "DCS-935L", true},
    {"edimax-ic3115w-setup.pcap", "ssdp-identity", 10, NULL, true},
};

struct tally {
    const struct expectation *looked_for;
    unsigned confirmed;
    unsigned weak; /* seen, not confirmed, and the signature stands for a surveillance device */
    unsigned of_surveillance;
    bool has_identity, has_fact;
    char
        first[160]; /* the first match of a surveillance device, for the message of a failure */
};

static bool
says(const struct cw_identity *who, const char *text)
{
    return strcmp(who->uid, text) == 0 || strcmp(who->model, text) == 0 ||
           strcmp(who->name, text) == 0;
}

static void
count_expected(void *cookie, const struct walk_hit *hit)
{
    struct tally *t = cookie;
    const struct cw_wire_result *r = hit->result;
    if (strcmp(r->signature->name, t->looked_for->signature) != 0 || !r->is_confirmed) {
        return;
    }
    t->confirmed++;
    t->has_fact |= r->match.is_camera_fact;
    const char *identity = t->looked_for->identity;
    t->has_identity |= identity && r->match.has_identity && says(&r->match.identity, identity);
}

static void
cameras_are_found(void **state)
{
    const char *folder = *state;
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        const struct expectation *e = &expected[i];
        struct tally t = {.looked_for = e};
        char path[4200];
        (void)snprintf(path, sizeof(path), "%s/cameras/%s", folder, e->file);
        if (walk_capture(path, count_expected, &t) < 0) {
            fail_msg("%s does not open", path);
        }
        if (t.confirmed < e->least || t.has_fact != e->is_camera_fact ||
            t.has_identity != (e->identity != NULL)) {
            fail_msg("%s: %s confirmed %u of %u, identity %d, fact %d", e->file, e->signature,
                     t.confirmed, e->least, t.has_identity, t.has_fact);
        }
    }
}

static void
count_surveillance(void *cookie, const struct walk_hit *hit)
{
    struct tally *t = cookie;
    const struct cw_wire_result *r = hit->result;
    bool is_claim = r->signature->proves_device || r->signature->vendor[0] ||
                    r->match.is_camera_fact || r->match.identity.is_surveillance ||
                    r->match.identity.kind != CAMWATCH_KIND_UNKNOWN;
    if (!is_claim) {
        return;
    }
    if (!t->first[0]) {
        (void)snprintf(t->first, sizeof(t->first), "frame %u: %s, %s", hit->frame,
                       r->signature->name, r->match.detail);
    }
    *(r->is_confirmed ? &t->of_surveillance : &t->weak) += 1;
}

/* Every capture of a folder must be without a confirmed match of a surveillance device. */
static unsigned
assert_no_cameras(const char *folder)
{
    char path[4400], bad[2048] = "";
    unsigned files = 0, weak = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct tally t = {0};
        (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || walk_capture(path, count_surveillance, &t) < 0) {
            continue;
        }
        files++;
        weak += t.weak;
        if (t.of_surveillance > 0) {
            size_t used = strlen(bad);
            (void)snprintf(bad + used, sizeof(bad) - used, "%s %s\n", entry->d_name, t.first);
        }
    }
    closedir(dir);
    print_message("%u captures, %u unconfirmed matches\n", files, weak);
    assert_string_equal(bad, "");
    return files;
}

static void
ordinary_traffic_has_no_cameras(void **state)
{
    char path[4200];
    (void)snprintf(path, sizeof(path), "%s/ordinary", (const char *)*state);
    assert_true(assert_no_cameras(path) > 400);
}

static void
hostile_traffic_is_survived(void **state)
{
    char path[4200];
    (void)snprintf(path, sizeof(path), "%s/hostile", (const char *)*state);
    assert_true(assert_no_cameras(path) > 50);
}

int
main(void)
{
    static const char *folder;
    folder = walk_folder();
    if (!folder) {
        return 77;
    }
    char *given = (char *)(uintptr_t)folder;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(cameras_are_found, given),
        cmocka_unit_test_prestate(ordinary_traffic_has_no_cameras, given),
        cmocka_unit_test_prestate(hostile_traffic_is_survived, given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
