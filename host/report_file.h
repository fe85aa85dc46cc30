/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run found, as files to keep or mail: the data model (docs/report.md) as JSON, the same inside
 * one self-contained page, and the inventory as a table.
 */
#ifndef HOST_REPORT_FILE_H
#define HOST_REPORT_FILE_H

#include "json.h"
#include "report.h"

#define CW_REPORT_FORMAT  "camwatch-report"
#define CW_REPORT_VERSION 1

/** FILE.html or FILE.json. False: error->text says what is allowed. */
bool cw_report_name_is_known(const char *path, struct camwatch_error *error);

/** Before hours of reading: can the files be made that were asked for? False: error->text says which not. */
bool cw_report_files_have_room(const struct cw_replay_settings *settings,
                               struct camwatch_error *error);

/**
 * Write every file that was asked for (--report, --inventory), each whole or not at all: an older
 * one of the name is left alone when it cannot be. Ids and people are masked as the settings say.
 *
 * @return false: at least one was not written; standard error says why
 */
bool cw_report_files_save(const struct cw_report *report);

/** report_inventory.c: the compliance table, RFC 4180. */
void cw_inventory_write(const struct cw_report *report, FILE *out);

/** report_model.c: the data model. Texts are masked and harmless. */
void cw_report_model_write(const struct cw_report *report, FILE *out);

/* The parts of the model; each writes one key of the object around it. */
void cw_model_findings(const struct cw_report *report, struct cw_json *json);
void cw_model_devices(const struct cw_report *report, struct cw_json *json);
void cw_model_assets(const struct cw_report *report, struct cw_json *json);
void cw_model_conversations(const struct cw_report *report, struct cw_json *json);
void cw_model_timeline(const struct cw_report *report, struct cw_json *json);
void cw_model_alerts(const struct cw_report *report, struct cw_json *json);
void cw_model_coverage(const struct cw_report *report, struct cw_json *json);
void cw_model_sources(const struct cw_report *report, struct cw_json *json);
void cw_model_made(const struct cw_report *report, struct cw_json *json);

/** A text from the wire or a path: masked, harmless, left out when empty. */
void cw_model_text(const struct cw_report *report, struct cw_json *json, const char *key,
                   const char *text);

/** A capture by its name without folders; by its whole path where two are called the same. */
void cw_model_capture(const struct cw_report *report, struct cw_json *json, const char *key,
                      const char *path);

/** A filter for Wireshark that shows one device: by MAC, else by addresses. "" for neither. */
void cw_wireshark_filter(const struct camwatch_device *device, struct cw_buffer *out);

#endif
