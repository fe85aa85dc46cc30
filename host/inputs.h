/* SPDX-License-Identifier: Apache-2.0
 *
 * From what an operator names to the list of captures.
 */
#ifndef HOST_INPUTS_H
#define HOST_INPUTS_H

#include <stdint.h>

#include "camwatch/status.h"
#include "option.h"

/**
 * Files as they are named, "-" once at most, of folders every capture below them by name.
 *
 * @param paths  receives the captures; given, free with cw_inputs_free
 * @return false: error->text says which operand is wrong
 */
bool cw_inputs_find(const struct cw_texts *operands, struct cw_texts *paths,
                    struct camwatch_error *error);
void cw_inputs_free(struct cw_texts *paths);

/** Sum of the sizes of those that are files. */
uint64_t cw_inputs_bytes(const struct cw_texts *paths);

#endif
