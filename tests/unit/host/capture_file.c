/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "capture_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <unistd.h>

static char path[] = "/tmp/test_capture.XXXXXX";

int
capture_file_make(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

int
capture_file_remove(void **state)
{
    (void)state;
    return unlink(path);
}

const char *
capture_file_path(void)
{
    return path;
}

void
capture_file_write(const uint8_t *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

struct cw_capture *
capture_file_open(size_t buffer)
{
    struct camwatch_error error = {""};
    struct cw_capture *capture = cw_capture_open(path, 3, buffer, NULL, &error);
    assert_non_null(capture);
    return capture;
}
