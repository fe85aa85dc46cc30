/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_UNIX_STREAM_H
#define SUPPORT_UNIX_STREAM_H

/** A UNIX stream socket to who listens at path; given, -1: nobody does. */
int unix_stream_connect(const char *path);

/** One that listens there, where nothing is yet; given, -1: it cannot. */
int unix_stream_listen(const char *path);

#endif
