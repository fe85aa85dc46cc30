/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include "camwatch/event.h"
#include "publish/schema.h"

/* Type of a field in Elasticsearch; ECS 8.11 decides where it has the field. */
static const char *
elastic_type(enum camwatch_field field)
{
    if (field == CAMWATCH_FIELD_MESSAGE) {
        return "match_only_text";
    }
    if (field == CAMWATCH_FIELD_DEVICE_IP) {
        return "ip";
    }
    switch (camwatch_field_info(field)->type) {
    case CAMWATCH_TYPE_IP:
        return "ip";
    case CAMWATCH_TYPE_LONG:
        return "long";
    case CAMWATCH_TYPE_DATE:
        return "date";
    case CAMWATCH_TYPE_GEO:
        return "geo_point";
    case CAMWATCH_TYPE_KEYWORD:
    case CAMWATCH_TYPE_LIST:
        break;
    }
    return "keyword";
}

void
cw_schema_write_elastic(FILE *out)
{
    (void)fprintf(
        out,
        "{\n"
        "  \"_meta\": {\"description\": \"Events of camwatch\", \"ecs_version\": \"%s\"},\n"
        "  \"version\": %d,\n"
        "  \"template\": {\n"
        "    \"mappings\": {\n"
        "      \"dynamic\": false,\n"
        "      \"properties\": {\n",
        CAMWATCH_ECS_VERSION, CAMWATCH_EVENT_VERSION);
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        const char *type = elastic_type(i);
        bool is_keyword = type[0] == 'k';
        (void)fprintf(
            out, "        \"%s\": {\"type\": \"%s\"%s}%s\n", camwatch_field_info(i)->name, type,
            is_keyword ? ", \"ignore_above\": 1024" : "", i + 1 < CAMWATCH_N_FIELDS ? "," : "");
    }
    (void)fputs("      }\n    }\n  }\n}\n", out);
}
