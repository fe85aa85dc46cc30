/* SPDX-License-Identifier: Apache-2.0
 *
 * The door to this folder: the handle of the public API and the image behind it.
 */
#ifndef CW_RULES_RULES_H
#define CW_RULES_RULES_H

#include "camwatch/rules.h"
#include "rules/image.h"

/** As camwatch_rules_load. @param out  written only on CAMWATCH_OK: given, free with free() */
int cw_rules_load(const char *folder, camwatch_rules_report_fn report, void *user,
                  struct cw_rules **out);

/** The image behind the public handle; borrowed, good as long as the handle. */
const struct cw_rules *cw_rules_of(const struct camwatch_rules *rules);

#endif
