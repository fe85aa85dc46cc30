/* SPDX-License-Identifier: Apache-2.0
 *
 * Holds proof.tsv against the captures: a "real" one confirms its signature, and no signature that a
 * capture of a camera confirms is said to lack one.
 */
#define _GNU_SOURCE
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/wire/wire_walk.h"
#include "proof.h"

enum { MAX_SIGNATURES = 128, SKIPPED = 77 };

static void
note(void *cookie, const struct walk_hit *hit)
{
    bool *confirmed = cookie;
    for (unsigned i = 0; hit->result && cw_wire_table()[i]; i++) {
        confirmed[i] |=
            hit->result->is_confirmed && hit->result->signature == cw_wire_table()[i];
    }
}

static unsigned
check_row(const char *folder, unsigned i, const struct proof *proof)
{
    char path[4400];
    bool confirmed[MAX_SIGNATURES] = {false};
    (void)snprintf(path, sizeof(path), "%s/%s", folder, proof->where);
    if (walk_payloads(path, true, note, confirmed) > 0 && confirmed[i]) {
        return 0;
    }
    (void)printf("%s: %s does not confirm it\n", proof->signature, proof->where);
    return 1;
}

static unsigned
check_cameras(const char *folder, const struct proof *proofs)
{
    char pattern[4400];
    glob_t found;
    unsigned wrong = 0;
    (void)snprintf(pattern, sizeof(pattern), "%s/cameras/*.pcap*", folder);
    if (glob(pattern, 0, NULL, &found) != 0) {
        return 0;
    }
    for (size_t n = 0; n < found.gl_pathc; n++) {
        bool confirmed[MAX_SIGNATURES] = {false};
        (void)walk_payloads(found.gl_pathv[n], true, note, confirmed);
        for (unsigned i = 0; cw_wire_table()[i]; i++) {
            if (confirmed[i] && proofs[i].kind != PROOF_REAL) {
                (void)printf("%s: %s confirms it, it is real\n", proofs[i].signature,
                             found.gl_pathv[n]);
                wrong++;
            }
        }
    }
    globfree(&found);
    return wrong;
}

int
main(int argc, char **argv)
{
    static struct proof proofs[MAX_SIGNATURES];
    unsigned wrong = 0, real = 0;
    const char *folder = walk_folder();
    if (argc != 2 || !proof_read(argv[1], proofs)) {
        return 2;
    }
    if (!folder) {
        return SKIPPED;
    }
    for (unsigned i = 0; cw_wire_table()[i]; i++) {
        if (proofs[i].kind == PROOF_REAL) {
            wrong += check_row(folder, i, &proofs[i]);
            real++;
        }
    }
    wrong += check_cameras(folder, proofs);
    (void)printf("%u signatures with a real capture, %u complaints\n", real, wrong);
    return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
