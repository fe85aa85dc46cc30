/* SPDX-License-Identifier: Apache-2.0
 *
 * The number of a rule: 32 bits out of what it claims and whose it is, so that it is the same
 * wherever the rule stands. Two rules of one set never share one.
 */
#ifndef CW_RULES_NUMBER_H
#define CW_RULES_NUMBER_H

#include "rules/draft.h"

/** Order of rows by what they claim: name, prefix or text; 0 for the same. */
int cw_rules_compare_claims(const struct cw_draft_row *a, const struct cw_draft_row *b);

/** The number with a salt, 0 at first; never 0. Pure. */
uint32_t cw_rules_number_with(const struct cw_draft_row *row, const char *party, uint32_t salt);

/**
 * Give every row and every policy its number. Where two rows meet by chance, the later one in the
 * order of claims (not of files) gets another salt, so the same set always has the same numbers.
 */
void cw_rules_number(struct cw_rules_draft *draft);

#endif
