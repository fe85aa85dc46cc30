/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of a folder of rules, in one order whatever the file system says.
 */
#ifndef CW_RULES_FILES_H
#define CW_RULES_FILES_H

#include "base/bytes.h"
#include "rules/check.h"

/* Where files stand and what they hold. */
struct cw_rules_folder {
    const char *name; /* "vendors"; "" for the top */
    void (*check)(struct cw_rules_draft *draft, const struct cw_yaml *document);
    bool has_many; /* several documents a file */
};

struct cw_rules_file {
    const struct cw_rules_folder *folder;
    const char *path; /* to open it */
    const char *name; /* "rules/vendors/example.yaml" */
};

/** Find all files; misplaced ones are reported. @return CAMWATCH_OK, or CAMWATCH_EIO where the
 *  folder itself cannot be read, errno saying why */
int cw_rules_find_files(struct cw_rules_draft *draft, const char *path,
                        struct cw_rules_vec *files);

/** The bytes of a file in the arena; false where it cannot be read or is too large, reported. */
bool cw_rules_read_file(struct cw_rules_draft *draft, const struct cw_rules_file *file,
                        struct cw_bytes *out);

#endif
