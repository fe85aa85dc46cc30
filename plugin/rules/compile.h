/* SPDX-License-Identifier: Apache-2.0
 *
 * The draft to one image.
 */
#ifndef CW_RULES_COMPILE_H
#define CW_RULES_COMPILE_H

#include "rules/draft.h"
#include "rules/image.h"

/** Make the image of a resolved draft without errors. @return given, free with free(); NULL for
 *  lack of memory */
struct cw_rules *cw_rules_compile(struct cw_rules_draft *draft);

#endif
