/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known beyond a run: the inventory and what policies have learnt and told.
 */
#define _GNU_SOURCE
#include "event_side/side.h"

#include <limits.h>
#include <stdio.h>

#include "rules/policy.h"

#define SAVE_PERIOD_NS (1000000000LL)

static int
open_inventory(struct camwatch_publisher *p, struct camwatch_error *error)
{
    const struct camwatch_publisher_settings *s = &p->settings;
    p->inventory = cw_inventory_new(&(struct cw_inventory_settings){
        .site = s->site,
        .max_devices = s->max_devices,
        .capture_files = s->capture_files,
        .hash_key = {0x696e7665, 0x6e746f72},
    });
    if (!p->inventory) {
        return CAMWATCH_ENOMEM;
    }
    if (s->state_file) {
        int status = cw_inventory_load(p->inventory, s->state_file, error);
        if (status == CAMWATCH_EIO) {
            return status;
        }
        cw_events_log(p, error->text);
        error->text[0] = '\0';
    }
    if (s->assets_file) {
        int status = cw_assets_load(s->assets_file, &p->assets, error);
        if (status != CAMWATCH_OK) {
            return status;
        }
        cw_inventory_set_assets(p->inventory, p->assets);
    }
    return CAMWATCH_OK;
}

/* Policies are judged by what the rules say; the stage that counts knows no rules. */
static uint32_t
count_policies(const void *rules)
{
    return cw_rules_n_policies(rules);
}

static void
get_policy(const void *rules, uint32_t index, struct cw_policy *out)
{
    cw_rules_policy(rules, index, out);
}

static bool
policy_matches(const void *rules, uint32_t index, enum camwatch_event_kind kind,
               const void *event, cw_policy_field_fn text)
{
    return cw_rules_policy_matches(rules, index, kind, event, text);
}

static bool
policy_allows(const void *rules, uint32_t index, enum camwatch_event_kind kind, int64_t time_ns,
              const void *event, cw_policy_field_fn text, struct cw_policy_allow *out)
{
    return cw_rules_policy_allows(rules, index, kind, time_ns, event, text, out);
}

/* What policies learnt stands beside the inventory. */
static const char *
policies_file(const char *state_file, char out[PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%s.policies", state_file);
    return out;
}

static struct cw_policies *
open_policies(const struct camwatch_publisher_settings *s)
{
    static const struct cw_policy_ops ops = {
        .count = count_policies,
        .get = get_policy,
        .matches = policy_matches,
        .allows = policy_allows,
    };
    return cw_policies_new(&(struct cw_policies_settings){
        .rules = cw_rules_of(s->rules),
        .ops = &ops,
        .rules_version = camwatch_rules_version(s->rules),
        .learns = !s->is_replay,
    });
}

/* Policies and inventory, with what the last run saved of them. */
int
cw_events_open_state(struct camwatch_publisher *p, struct camwatch_error *error)
{
    const struct camwatch_publisher_settings *s = &p->settings;
    p->policies = open_policies(s);
    if (!p->policies) {
        return CAMWATCH_ENOMEM;
    }
    if (s->state_file) {
        char path[PATH_MAX];
        int status = cw_policies_load(p->policies, policies_file(s->state_file, path), error);
        cw_events_log(p, error->text);
        if (status == CAMWATCH_EIO) {
            return status;
        }
        error->text[0] = '\0';
    }
    return open_inventory(p, error);
}

void
cw_events_close_state(struct camwatch_publisher *p)
{
    cw_policies_free(p->policies);
    cw_inventory_free(p->inventory);
    cw_assets_free(p->assets);
    p->policies = NULL;
    p->inventory = NULL;
    p->assets = NULL;
}

int
cw_events_save_state(struct camwatch_publisher *p, const char *file)
{
    struct camwatch_error error = {""};
    int status = cw_inventory_save(p->inventory, file, &error);
    cw_events_log(p, error.text);
    char path[PATH_MAX];
    error.text[0] = '\0';
    int policies = cw_policies_save(p->policies, policies_file(file, path), &error);
    cw_events_log(p, error.text);
    return status != CAMWATCH_OK ? status : policies;
}

/* Live, what became known of devices is on disk soon: a process that dies announces nothing
 * twice. */
void
cw_events_save_when_due(struct camwatch_publisher *p)
{
    bool is_ours = p->settings.state_file && !p->checkpoint.keeper;
    if (!p->is_state_due || !is_ours || p->now_ns < p->next_save_ns) {
        return;
    }
    bool is_saved = cw_events_save_state(p, p->settings.state_file) == CAMWATCH_OK;
    cw_checkpoint_forget_states(&p->checkpoint);
    p->is_state_due = !is_saved;
    p->next_save_ns = p->now_ns + (is_saved ? SAVE_PERIOD_NS : CW_EVENTS_SAVE_AGAIN_NS);
}
