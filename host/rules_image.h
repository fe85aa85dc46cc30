/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules as a sealed memory file: compiled once, by a process that ends with it, read by all others. None
 * of them parses YAML, none can change what the others read.
 */
#ifndef HOST_RULES_IMAGE_H
#define HOST_RULES_IMAGE_H

#include "camwatch/rules.h"

struct cw_rules_image {
    void *block;
    size_t size;
    struct camwatch_rules *rules; /* NULL: not open */
};

/** Compile a folder. @return a descriptor, given; -1: the rules have errors, which are logged */
int cw_rules_image_make(const char *folder);

/** Map such a descriptor, check the image whole and use it. @param fd  stays the caller's */
bool cw_rules_image_open(struct cw_rules_image *image, int fd);
void cw_rules_image_close(struct cw_rules_image *image);

#endif
