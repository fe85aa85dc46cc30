/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-generate PROFILE PACKETS OUTPUT [CAPTURE...]: the benchmark's input, the same each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interleave.h"
#include "profiles.h"

static const struct {
    const char *name;
    void (*make)(struct capture_out *out, uint64_t packets);
} profiles[] = {
    {"elephants", profile_elephants},
    {"flood", profile_flood},
    {"cameras", profile_cameras},
    {"dns", profile_dns},
};

static void
usage(void)
{
    (void)fputs("usage: bench-generate PROFILE PACKETS OUTPUT [CAPTURE...]\n"
                "profiles: mix (of the captures), elephants, flood, cameras, dns\n",
                stderr);
    exit(2);
}

int
main(int argc, char **argv)
{
    if (argc < 4) {
        usage();
    }
    char *end;
    uint64_t packets = strtoull(argv[2], &end, 10);
    if (*end || packets == 0) {
        usage();
    }
    if (strcmp(argv[1], "mix") == 0) {
        struct capture_out *out = capture_out_open(argv[3]);
        interleave(out, argv + 4, argc - 4, packets);
        (void)printf("%llu\n", (unsigned long long)capture_out_close(out));
        return 0;
    }
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        if (strcmp(argv[1], profiles[i].name) == 0) {
            struct capture_out *out = capture_out_open(argv[3]);
            profiles[i].make(out, packets);
            (void)printf("%llu\n", (unsigned long long)capture_out_close(out));
            return 0;
        }
    }
    usage();
}
