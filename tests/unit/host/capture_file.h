/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of its own for the tests of captures, written anew as often as a test likes.
 */
#ifndef HOST_CAPTURE_FILE_H
#define HOST_CAPTURE_FILE_H

#include "capture.h"

/** Group setup and teardown of cmocka. */
int capture_file_make(void **state);
int capture_file_remove(void **state);

const char *capture_file_path(void);

/** Nothing but these bytes. */
void capture_file_write(const uint8_t *bytes, size_t len);

/** Read it; it is a capture. Given, cw_capture_close. @param buffer  as cw_capture_open has it */
struct cw_capture *capture_file_open(size_t buffer);

#endif
