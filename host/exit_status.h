/* SPDX-License-Identifier: Apache-2.0
 *
 * How the program ends. X(symbol, value, text): the help and docs/exit-status.md come from
 * these rows. Where several hold, the last of the list that holds is the one that counts.
 */
#ifndef HOST_EXIT_STATUS_H
#define HOST_EXIT_STATUS_H

#define CW_EXIT_STATUSES(X)                                                                    \
    X(OK, 0, "done; nothing to complain about")                                                \
    X(FINDINGS, 1, "done; something that --fail-on asks for was found")                        \
    X(USAGE, 2, "the command line is wrong; nothing was done")                                 \
    X(INPUT, 3, "an input is faulty: everything up to the fault was reported")                 \
    X(SETUP, 4, "rules, settings or an output are wrong or out of reach")                      \
    X(ACCOUNT, 5, "the account does not close, or an output did not get every event")

/* clang-format off */
#define CW_X(s, v, t) CW_EXIT_##s = v,
enum cw_exit { CW_EXIT_STATUSES(CW_X) };
#undef CW_X
/* clang-format on */

#endif
