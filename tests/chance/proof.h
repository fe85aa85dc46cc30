/* SPDX-License-Identifier: Apache-2.0
 *
 * proof.tsv: what shows that a signature recognises its protocol.
 */
#ifndef CW_CHANCE_PROOF_H
#define CW_CHANCE_PROOF_H

#include <stdbool.h>

enum proof_kind { PROOF_REAL, PROOF_PUBLISHED, PROOF_CONSTRUCTED, PROOF_N };

struct proof {
    char signature[32];
    enum proof_kind kind;
    char where[160]; /* capture or source */
};

/**
 * Read the file: one row for each signature of the table, no other and none twice.
 *
 * @param out  room for one row a signature, in the order of the table
 * @return false, with a message on standard error, when the file is not so
 */
bool proof_read(const char *path, struct proof *out);

#endif
