/* SPDX-License-Identifier: Apache-2.0
 *
 * One capture, frame by frame. libpcap is met here and in capture_*.c only.
 */
#ifndef HOST_CAPTURE_H
#define HOST_CAPTURE_H

#include "camwatch/monitor.h"
#include "unpack.h"

struct cw_capture;

/**
 * Open a pcap or pcapng file, packed or not.
 *
 * @param path   "-" is standard input; borrowed until close
 * @param file   its number, for the frames
 * @return NULL: error->text says why, with the path. Given, close with cw_capture_close.
 */
struct cw_capture *cw_capture_open(const char *path, uint32_t file, size_t buffer,
                                   const struct cw_idle *idle, struct camwatch_error *error);

/** The next frame; its bytes are borrowed until the next call. False at the end, or at a fault.
 *  */
bool cw_capture_next(struct cw_capture *capture, struct camwatch_frame *out);

/** Why reading stopped before the end: "PATH: packet 12: ..."; "" if it did not. */
const char *cw_capture_fault(const struct cw_capture *capture);

/** Of the file, or in pcapng of the last frame's interface. */
int cw_capture_link_type(const struct cw_capture *capture);
uint64_t cw_capture_taken(const struct cw_capture *capture);
void cw_capture_close(struct cw_capture *capture);

/** Does the file begin like a capture? For folders: other files in them are none of our
 *  business. */
bool cw_capture_is_one(const char *path);

/* capture_filter.c */

struct cw_filter;

/** A filter in the language of pcap-filter(7). NULL: error->text says what is wrong. Given. */
struct cw_filter *cw_filter_new(const char *text, struct camwatch_error *error);
bool cw_filter_passes(struct cw_filter *filter, const struct camwatch_frame *frame);
void cw_filter_free(struct cw_filter *filter);

/* capture_write.c */

struct cw_writer;

/** A new capture of nanosecond pcap; never over an existing file unless told to. NULL: error
 *  says why. */
struct cw_writer *cw_writer_new(const char *path, uint32_t link_type, bool may_replace,
                                struct camwatch_error *error);
void cw_writer_put(struct cw_writer *writer, const struct camwatch_frame *frame);
/** @return false: not everything was written */
bool cw_writer_close(struct cw_writer *writer);

#endif
