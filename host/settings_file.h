/* SPDX-License-Identifier: Apache-2.0
 *
 * The settings file: YAML, one mapping of the options' names to their values. What the command line can
 * say the file can, by the same table:
 *
 *   interface: [eth1, eth2]     # an option that may be given again takes a list too
 *   json: /var/log/camwatch.ndjson
 *   no-dpi: true                # a switch
 */
#ifndef HOST_SETTINGS_FILE_H
#define HOST_SETTINGS_FILE_H

#include "option.h"

#define CW_SETTINGS_FILE_DEFAULT "/etc/camwatch/camwatch.yaml"

#define CW_SETTINGS_FILE_OPTIONS 128 /* rows that a table may have */

struct cw_settings_file {
    struct cw_texts owned; /* texts that settings point to */
    size_t lines[CW_SETTINGS_FILE_OPTIONS]; /* where an option was set, by its row; 0: not in the file */
};

/**
 * Read a file into settings. Unknown or repeated names, wrong kinds of values, anchors and further
 * documents are errors.
 *
 * @param file      receives the texts; give back with cw_settings_file_free when the settings are done
 * @param settings  what the rows' offsets are of
 * @return false: error->text is "file:line: what is wrong, what is allowed"
 */
bool cw_settings_file_read(struct cw_settings_file *file, const char *path,
                           const struct cw_option *table, void *settings,
                           struct camwatch_error *error);
/**
 * Say where in a file that was read a problem is that only several settings together show.
 *
 * @param problem  names options as the command line does: "--shards: 1 to 64"
 * @param where    receives "file:line: problem"
 * @return false: the file sets none of the options that problem names
 */
bool cw_settings_file_blame(const struct cw_settings_file *file, const char *path,
                            const struct cw_option *table, const char *problem,
                            struct camwatch_error *where);
void cw_settings_file_free(struct cw_settings_file *file);

#endif
