/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes docs/recognition.md from the table of signatures, proof.tsv and results.tsv:
 *   recognition_tool PROOF RESULTS
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proof.h"
#include "wire/wire.h"

enum { MAX_SIGNATURES = 128, MAX_ROWS = 8 };

struct result {
    char transport[8], right[8];
    uint64_t payloads, raw, confirmed;
};

struct results {
    char date[16];
    uint64_t seed, payloads, all, confirmed;
    struct result rows[MAX_SIGNATURES][MAX_ROWS];
    unsigned n_rows[MAX_SIGNATURES];
    char again[16], again_names[400]; /* measured anew, alone; "" none */
};

static const char *const classes[] = {
    [CW_WIRE_ONE] = "one message",
    [CW_WIRE_TWO] = "two different messages",
    [CW_WIRE_THREE] = "three messages",
    [CW_WIRE_BOTH] = "a message each way",
    [CW_WIRE_THREE_BOTH] = "three messages, not all one way",
};

static int
index_of(const char *name)
{
    for (int i = 0; cw_wire_table()[i]; i++) {
        if (strcmp(cw_wire_table()[i]->name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static bool
take_row(const char *line, struct results *r)
{
    char name[32];
    struct result row;
    if (line[0] == '#') {
        (void)(sscanf(line, "# date\t%15s", r->date) == 1 ||
               sscanf(line, "# seed\t%" SCNu64, &r->seed) == 1 ||
               sscanf(line, "# payloads\t%" SCNu64, &r->payloads) == 1 ||
               sscanf(line, "# again\t%15s\t%399[^\n]", r->again, r->again_names));
        return true;
    }
    if (sscanf(line, "%31s\t%7s\t%7s\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64, name, row.transport,
               row.right, &row.payloads, &row.raw, &row.confirmed) != 6) {
        return false;
    }
    int i = index_of(name);
    if (i < 0 || r->n_rows[i] == MAX_ROWS) {
        return false;
    }
    r->rows[i][r->n_rows[i]++] = row;
    bool is_any = strcmp(row.right, "any") == 0;
    r->all += is_any ? 0 : row.payloads;
    r->confirmed += is_any ? row.confirmed : 0;
    return true;
}

static bool
read_results(const char *path, struct results *r)
{
    char line[200];
    bool is_right = true;
    FILE *file = fopen(path, "r");
    while (file && is_right && fgets(line, sizeof(line), file)) {
        is_right = take_row(line, r);
        if (!is_right) {
            (void)fprintf(stderr, "%s: not a row of a signature: %s", path, line);
        }
    }
    if (file) {
        (void)fclose(file);
    }
    return file && is_right;
}

static void
put_number(uint64_t n)
{
    if (n >= 1000) {
        put_number(n / 1000);
        (void)printf(",%03u", (unsigned)(n % 1000));
    } else {
        (void)printf("%u", (unsigned)n);
    }
}

/* Hits on the payloads shaped for it, before and after confirmation. */
static void
put_measured(const struct results *r, unsigned i)
{
    uint64_t payloads = 0, raw = 0, confirmed = 0;
    if (r->n_rows[i] == 0) {
        (void)printf("not measured | |");
        return;
    }
    for (unsigned n = 0; n < r->n_rows[i]; n++) {
        const struct result *row = &r->rows[i][n];
        bool is_any = strcmp(row->right, "any") == 0;
        payloads += is_any ? 0 : row->payloads;
        raw += is_any ? row->raw : 0;
        confirmed += is_any ? row->confirmed : 0;
    }
    put_number(payloads);
    (void)printf(" | ");
    put_number(raw);
    (void)printf(" | ");
    put_number(confirmed);
}

static void
put_names(const struct cw_wire_signature *s)
{
    const char *whom = s->vendor[0] ? s->vendor : s->platform[0] ? s->platform : s->maker;
    (void)printf("%s%s%s", whom[0] ? whom : "nobody",
                 s->proves_device ? "; surveillance device" : "",
                 s->is_off            ? "; off by default"
                 : s->is_experimental ? "; a hint only"
                                      : "");
}

static void
put_row(const struct results *r, unsigned i, const struct proof *proof)
{
    static const char *const kinds[PROOF_N] = {"real capture", "published bytes",
                                               "constructed"};
    const struct cw_wire_signature *s = cw_wire_table()[i];
    (void)printf("| `%s` | ", s->name);
    put_names(s);
    (void)printf(" | %u | %s | %s: %s | ", (unsigned)s->bits, classes[s->class],
                 kinds[proof->kind], proof->where);
    put_measured(r, i);
    (void)printf(" |\n");
}

static unsigned
count(const struct proof *proofs, bool is_real)
{
    unsigned n = 0;
    for (unsigned i = 0; cw_wire_table()[i]; i++) {
        n += (proofs[i].kind == PROOF_REAL) == is_real;
    }
    return n;
}

static void
put_table(const struct results *r, const struct proof *proofs, bool is_real)
{
    (void)printf(
        "| signature | names; proves | bits | confirmed by | proof | random payloads | "
        "matched | confirmed |\n|---|---|---|---|---|---|---|---|\n");
    for (unsigned kind = PROOF_N; kind-- > 0;) {
        for (unsigned i = 0; cw_wire_table()[i]; i++) {
            if (proofs[i].kind == kind && (kind == PROOF_REAL) == is_real) {
                put_row(r, i, &proofs[i]);
            }
        }
    }
}

static void
put_measurement(const struct results *r)
{
    (void)printf("\n## How chance was measured\n\nOn %s, seed %" PRIu64 ", ", r->date, r->seed);
    put_number(r->all);
    (void)printf(" random payloads: for each signature and each of its\ntransports ");
    put_number(r->payloads);
    (void)printf(
        " of a size that the format allows and with a right length field, and as many with\n"
        "a right first byte; in conversations of four messages, two each way, on the "
        "signature's "
        "own ports,\nthrough the table of signatures and their confirmation as every flow "
        "goes. "
        "*Matched*: messages\n"
        "that fit, on any of the payloads of its transports; *confirmed*: those after which "
        "the "
        "conversation\n"
        "counted as evidence. ");
    put_number(r->confirmed);
    (void)printf(" were confirmed in all.\n");
    if (r->again[0]) {
        (void)printf(
            "\nMeasured anew on %s, each on the payloads of its own form, because the form "
            "changed:\n%s.\n",
            r->again, r->again_names);
    }
    (void)printf(
        "\n"
        "    chance >tests/chance/results.tsv      about ten minutes; `--only NAME` for "
        "one signature\n");
}

int
main(int argc, char **argv)
{
    static struct proof proofs[MAX_SIGNATURES];
    static struct results results;
    if (argc != 3 || !proof_read(argv[1], proofs) || !read_results(argv[2], &results)) {
        (void)fprintf(stderr, "usage: recognition_tool PROOF RESULTS\n");
        return 2;
    }
    (void)printf(
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
        "<!-- Made by tests/chance/recognition_tool.c: do not edit. -->\n"
        "# How far to trust each signature\n\n"
        "A signature is as good as what has shown that it works. Of the %u wire signatures "
        "([signatures.md](signatures.md)),\n%u were confirmed on traffic of real devices. The "
        "other "
        "%u come first: their messages were published\nbyte by byte, or written for the tests "
        "by what a "
        "source says of the format; a real device may do\nsomething the source does not tell. "
        "A capture of one of these is the most useful thing to send us.\n\n"
        "*Bits* are those that a message must have right. The last three columns are "
        "measured: how many random\npayloads of the right form were tried, how many messages "
        "matched, and "
        "how many conversations' messages were\nconfirmed, which should be none.\n\n"
        "## Not proven on a real capture\n\n",
        count(proofs, true) + count(proofs, false), count(proofs, true), count(proofs, false));
    put_table(&results, proofs, false);
    (void)printf("\n## Proven on real captures\n\n");
    put_table(&results, proofs, true);
    put_measurement(&results);
    return EXIT_SUCCESS;
}
