/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of a running camwatch.
 */
#ifndef HOST_RULES_SET_H
#define HOST_RULES_SET_H

#include "camwatch/rules.h"

/** Load and check a folder; every finding is logged. @param folder NULL: the installed rules.
 *  NULL on errors. Given, free with camwatch_rules_free. */
struct camwatch_rules *cw_rules_set_load(const char *folder);

#endif
