/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <string.h>

#include "camwatch/version.h"
#include "privacy.h"
#include "redact.h"
#include "replay.h"
#include "report_file.h"

void
cw_model_text(const struct cw_report *report, struct cw_json *json, const char *key,
              const char *text)
{
    cw_json_text_if(json, key, cw_mask_show(report->mask, text));
}

static bool
has_twin(const struct cw_texts *paths, const char *path)
{
    size_t n = 0;
    for (size_t i = 0; i < paths->n && n < 2; i++) {
        n += strcmp(basename(paths->items[i]), basename(path)) == 0;
    }
    return n > 1;
}

void
cw_model_capture(const struct cw_report *report, struct cw_json *json, const char *key,
                 const char *path)
{
    bool is_input = strcmp(path, "-") == 0;
    const char *name = is_input                        ? "standard input"
                       : has_twin(report->paths, path) ? path
                                                       : basename(path);
    cw_model_text(report, json, key, name);
}

void
cw_model_made(const struct cw_report *report, struct cw_json *json)
{
    struct cw_buffer command = {.text = NULL};
    struct camwatch_rules_counts rules = {.size = sizeof(rules)};
    camwatch_rules_count(report->session->rules, &rules);
    cw_redact_command("camwatch replay", report->settings->argv, &command);
    cw_json_begin(json, "made", '{');
    cw_json_text(json, "version", camwatch_version());
    cw_json_text(json, "build", camwatch_build_info());
    cw_model_text(report, json, "command", cw_buffer_text(&command));
    cw_json_text(json, "rules_version", camwatch_rules_version(report->session->rules));
    cw_json_number(json, "rules_files", rules.files);
    cw_json_text(json, "ids", report->settings->reveals_ids ? "revealed" : "masked");
    cw_json_text(json, "viewers", cw_viewers_text(report->settings->viewers));
    cw_json_end(json, '}');
    cw_buffer_free(&command);
}

void
cw_model_alerts(const struct cw_report *report, struct cw_json *json)
{
    size_t n;
    const struct cw_alert *alerts = cw_activity_alerts(report->session->activity, &n);
    cw_json_begin(json, "alerts", '[');
    for (size_t i = 0; i < n; i++) {
        cw_json_begin(json, NULL, '{');
        cw_json_time(json, "time", alerts[i].time_ns);
        cw_json_text(json, "kind", alerts[i].kind);
        cw_json_number(json, "severity", alerts[i].severity);
        cw_model_text(report, json, "rule", alerts[i].rule);
        cw_model_text(report, json, "message", alerts[i].message);
        cw_model_text(report, json, "reason", alerts[i].reason);
        cw_model_text(report, json, "device_id", alerts[i].device_id);
        cw_model_text(report, json, "id", alerts[i].id);
        cw_model_text(report, json, "state", alerts[i].state);
        cw_json_end(json, '}');
    }
    cw_json_end(json, ']');
}

void
cw_report_model_write(const struct cw_report *report, FILE *out)
{
    struct cw_json json = {.out = out};
    cw_json_begin(&json, NULL, '{');
    cw_json_text(&json, "format", CW_REPORT_FORMAT);
    cw_json_number(&json, "version", CW_REPORT_VERSION);
    cw_model_findings(report, &json);
    cw_model_devices(report, &json);
    cw_model_assets(report, &json);
    cw_model_conversations(report, &json);
    cw_model_timeline(report, &json);
    cw_model_alerts(report, &json);
    cw_model_coverage(report, &json);
    cw_model_sources(report, &json);
    cw_model_made(report, &json);
    cw_json_end(&json, '}');
    (void)fputc('\n', out);
}
