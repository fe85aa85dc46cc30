/* SPDX-License-Identifier: Apache-2.0
 *
 * Results of calls. Zero is success; every error is negative. Odd packets are never errors: they
 * are counted (drops.h). X(symbol, value, text).
 */
#ifndef CAMWATCH_STATUS_H
#define CAMWATCH_STATUS_H

#define CAMWATCH_STATUSES(X)                                                                         \
    X(OK, 0, "success")                                                                              \
    X(ENOMEM, -1, "out of memory")                                                                   \
    X(EINVAL, -2, "bad argument")                                                                    \
    X(ENOENT, -3, "not found")                                                                       \
    X(EIO, -4, "cannot read or write")                                                               \
    X(ERULES, -5, "the rules have errors")                                                           \
    X(ECORRUPT, -6, "the data fails its checks")                                                     \
    X(EAGAIN, -7, "not now, try again")                                                              \
    X(EREFUSED, -8, "refused by the other side")                                                     \
    X(EBUSY, -9, "owned by somebody else")                                                           \
    X(EFULL, -10, "a limit is reached")                                                              \
    X(EUNSUPPORTED, -11, "not supported")

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* clang-format off */
#define CW_X(s, v, t) CAMWATCH_##s = v,
enum camwatch_status { CAMWATCH_STATUSES(CW_X) };
#undef CW_X
/* clang-format on */

/** "unknown status" for other values. Static storage. */
const char *camwatch_status_text(int status);

/** A message for the operator, filled by calls that take one: what is wrong and what to do, with
 *  file:line where a file is at fault. Always NUL-terminated; "" on success. */
struct camwatch_error {
    char text[512];
};

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
