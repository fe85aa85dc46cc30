/* SPDX-License-Identifier: Apache-2.0
 *
 * What camwatch tells Prometheus: one list for the textfile, for --metrics and for docs/metrics.md.
 * Counters end in _total. s is struct cw_recent_stats, r struct cw_recent.
 */
#ifndef HOST_METRICS_LIST_H
#define HOST_METRICS_LIST_H

/** X(name behind "camwatch_", type, help, value) */
#define CW_METRICS(X)                                                                                \
    X("frames_total", "counter", "Frames captured", s->packets)                                      \
    X("frames_parsed_total", "counter", "Frames parsed", s->parsed)                                  \
    X("frames_truncated_total", "counter", "Frames cut by the snap length", s->truncated)            \
    X("kernel_drops_total", "counter", "Frames that the kernel dropped", s->kernel_drops)            \
    X("interface_drops_total", "counter",                                                            \
      "Frames that interfaces dropped before the kernel had them", s->interface_drops)               \
    X("process_losses_total", "counter", "Frames captured and gone with a process that ended",       \
      s->process_losses)                                                                             \
    X("bytes_total", "counter", "Bytes captured, as on the wire", s->bytes)                          \
    X("flows", "gauge", "Flows in the table", s->flows)                                              \
    X("flows_total", "counter", "Flows opened", s->flows_new)                                        \
    X("flows_two_way_total", "counter", "TCP flows of 8 packets, seen both ways", s->two_way)        \
    X("flows_one_way_total", "counter", "The same, seen in one direction only", s->one_way)          \
    X("devices", "gauge", "Surveillance devices known", s->devices)                                  \
    X("alerts_total", "counter", "Alerts since the publisher started", r->opened)                    \
    X("stats_time_seconds", "gauge", "When these counters were taken, seconds since 1970",           \
      (uint64_t)(s->time_ns / 1000000000))

/** With one value each: X(name, type, help, label) */
#define CW_METRICS_LABELLED(X)                                                                       \
    X(INFO, "info", "gauge", "1; what runs here", "version, sensor")                                 \
    X(DROPS, "drops_total", "counter", "What did not come through, by reason (docs/drops.md)",       \
      "reason")                                                                                      \
    X(OUTPUT, "output_events_total", "counter",                                                      \
      "Events of each output since the publisher started, by what became of them",                   \
      "output, result")                                                                              \
    X(PENDING, "output_pending_events", "gauge", "Events that wait for an output", "output")         \
    X(RESTARTS, "restarts_total", "counter", "Processes that ended and were started again", "")

#endif
