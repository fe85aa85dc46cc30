/* SPDX-License-Identifier: Apache-2.0
 *
 * Flows, names and nDPI's tables are looked up all over the heap, and in pages of 4 KB most look-ups also walk
 * the page tables, twice as far in a virtual machine. glibc asks the kernel for large pages where
 * glibc.malloc.hugetlb is 1 (madvise; glibc 2.35 and later), but takes that from the environment alone, before
 * main().
 */
#ifndef HOST_LARGE_PAGES_H
#define HOST_LARGE_PAGES_H

/**
 * Begin the program anew with that wish, once: where GLIBC_TUNABLES is set, which is also what the operator
 * says, or where it cannot be done, it returns. Before anything was opened or started; about 1 ms.
 *
 * @param argv  of main()
 */
void cw_large_pages_wish(char *const *argv);

#endif
