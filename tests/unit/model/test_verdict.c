/* SPDX-License-Identifier: Apache-2.0
 *
 * Expected confidences are computed by hand from the formula and the points of design 3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/verdict.h"

enum { DAHUA = 1, HIKVISION = 2, KALAY = 3 };

static struct cw_evidence
piece(unsigned kind, unsigned points, cw_label vendor)
{
    return (struct cw_evidence){.kind = (uint8_t)kind,
                                .points = (uint8_t)points,
                                .subject = CW_SUBJECT_SERVICE,
                                .vendor = vendor};
}

static void
bands(void **state)
{
    (void)state;
    assert_int_equal(cw_verdict_band(0), CAMWATCH_BAND_NONE);
    assert_int_equal(cw_verdict_band(49), CAMWATCH_BAND_HINT);
    assert_int_equal(cw_verdict_band(50), CAMWATCH_BAND_LIKELY);
    assert_int_equal(cw_verdict_band(79), CAMWATCH_BAND_LIKELY);
    assert_int_equal(cw_verdict_band(80), CAMWATCH_BAND_CONFIRMED);
}

/* 1 - (1 - 0.60)(1 - 0.40) = 0.76; the second piece of a kind counts no more. */
static void
kinds_combine_once(void **state)
{
    (void)state;
    struct cw_evidence list[] = {
        piece(CAMWATCH_EVIDENCE_NAME_SERVICE, 60, DAHUA),
        piece(CAMWATCH_EVIDENCE_NAME_SERVICE, 50, DAHUA),
        piece(CAMWATCH_EVIDENCE_SERVER_ADDRESS, 40, DAHUA),
    };
    struct cw_verdict v = cw_verdict_weigh(list, 3, CW_SUBJECT_SERVICE);
    assert_int_equal(v.confidence, 76);
    assert_int_equal(v.vendor, DAHUA);
    assert_int_equal(v.band, CAMWATCH_BAND_LIKELY);
}

enum { CALLED = 7, OTHER = 8, MAKER = 9, MODULE = 10 };

/* What a device is: confirmed by what it says, 90, and named by nobody. */
static struct cw_evidence
camera(unsigned points)
{
    return (struct cw_evidence){.kind = CAMWATCH_EVIDENCE_IDENTITY,
                                .points = (uint8_t)points,
                                .subject = CW_SUBJECT_DEVICE,
                                .is_surveillance = true};
}

static struct cw_evidence
called(cw_label brand, cw_label maker)
{
    return (struct cw_evidence){.kind = CAMWATCH_EVIDENCE_NAME_SERVICE,
                                .points = 60,
                                .subject = CW_SUBJECT_DEVICE,
                                .brand = brand,
                                .maker = maker};
}

/* A name that apps use too: no points, no device; of a confirmed camera the brand, and a likely maker. */
static void
a_called_brand_names_a_camera(void **state)
{
    (void)state;
    struct cw_evidence list[] = {called(CALLED, MAKER), camera(90)};
    struct cw_verdict v = cw_verdict_weigh(list, 2, CW_SUBJECT_DEVICE);
    assert_int_equal(v.confidence, 90);
    assert_int_equal(v.brand, CALLED);
    assert_int_equal(v.maker, MAKER);
    assert_int_equal(v.maker_confidence, 60);
    v = cw_verdict_weigh(list, 1, CW_SUBJECT_DEVICE); /* a phone */
    assert_int_equal(v.confidence, 0);
    assert_int_equal(v.brand, 0);
    assert_false(v.is_surveillance);
    list[1] = camera(79); /* likely only */
    v = cw_verdict_weigh(list, 2, CW_SUBJECT_DEVICE);
    assert_int_equal(v.confidence, 79);
    assert_int_equal(v.brand, 0);
    list[1] = camera(90);
    list[1].is_surveillance = false; /* certain of what it is, which is no camera */
    v = cw_verdict_weigh(list, 2, CW_SUBJECT_DEVICE);
    assert_int_equal(v.brand, 0);
}

static void
a_called_brand_yields(void **state)
{
    (void)state;
    struct cw_evidence list[] = {called(CALLED, MAKER), camera(90), called(OTHER, MAKER)};
    assert_int_equal(cw_verdict_weigh(list, 3, CW_SUBJECT_DEVICE).brand, 0); /* of two */
    list[2] = called(CALLED, MAKER);
    list[1].brand = OTHER; /* it says another */
    assert_int_equal(cw_verdict_weigh(list, 3, CW_SUBJECT_DEVICE).brand, OTHER);
    list[1].brand = 0;
    list[1].maker = OTHER; /* it says another maker */
    assert_int_equal(cw_verdict_weigh(list, 3, CW_SUBJECT_DEVICE).brand, 0);
    list[0].is_maker_likely = list[2].is_maker_likely = true; /* of an OEM brand: a guess */
    struct cw_verdict v = cw_verdict_weigh(list, 3, CW_SUBJECT_DEVICE);
    assert_int_equal(v.brand, CALLED);
    assert_int_equal(v.maker, OTHER);
    assert_int_equal(v.maker_confidence, 90);
}

/* A module's MAC prefix, 20, is no contradiction, and names a maker less than the brand does. */
static void
a_called_brand_on_a_module(void **state)
{
    (void)state;
    struct cw_evidence list[] = {called(CALLED, MAKER), camera(90), camera(20)};
    list[2].kind = CAMWATCH_EVIDENCE_MAC_GENERAL;
    list[2].is_surveillance = false;
    list[2].maker = MODULE;
    struct cw_verdict v = cw_verdict_weigh(list, 3, CW_SUBJECT_DEVICE);
    assert_int_equal(v.brand, CALLED);
    assert_int_equal(v.maker, MAKER);
    assert_int_equal(v.maker_confidence, 60);
}

/* Sixteen names of a maker take one place. */
static void
a_called_brand_is_kept_once(void **state)
{
    (void)state;
    struct cw_evidence list[4], piece = called(CALLED, MAKER);
    size_t n = 0;
    assert_true(cw_evidence_add(list, &n, 4, &piece));
    piece.rule = 5;
    assert_false(cw_evidence_add(list, &n, 4, &piece));
    piece.brand = OTHER;
    assert_true(cw_evidence_add(list, &n, 4, &piece));
    assert_int_equal(n, 2);
}

static void
a_hint_names_nobody(void **state)
{
    (void)state;
    struct cw_evidence list[] = {piece(CAMWATCH_EVIDENCE_SERVER_ADDRESS, 40, DAHUA)};
    struct cw_verdict v = cw_verdict_weigh(list, 1, CW_SUBJECT_SERVICE);
    assert_int_equal(v.band, CAMWATCH_BAND_HINT);
    assert_int_equal(v.vendor, 0);
}

/* 85 less half of 40. */
static void
contradictions_weaken(void **state)
{
    (void)state;
    struct cw_evidence list[] = {
        piece(CAMWATCH_EVIDENCE_SERVER_ADDRESS, 40, HIKVISION),
        piece(CAMWATCH_EVIDENCE_SIGNATURE, 85, DAHUA),
    };
    struct cw_verdict v = cw_verdict_weigh(list, 2, CW_SUBJECT_SERVICE);
    assert_int_equal(v.vendor, DAHUA);
    assert_int_equal(v.confidence, 65);
    list[0].vendor = DAHUA;
    v = cw_verdict_weigh(list, 2, CW_SUBJECT_SERVICE);
    assert_int_equal(v.confidence, 91);
}

/* A platform names itself, never a vendor; with a vendor's own evidence it supports that. */
static void
a_platform_is_no_vendor(void **state)
{
    (void)state;
    struct cw_evidence list[] = {piece(CAMWATCH_EVIDENCE_SIGNATURE, 85, 0),
                                 piece(CAMWATCH_EVIDENCE_NAME, 80, DAHUA)};
    list[0].platform = KALAY;
    list[0].is_shared = 1;
    struct cw_verdict v = cw_verdict_weigh(list, 1, CW_SUBJECT_SERVICE);
    assert_int_equal(v.vendor, 0);
    assert_int_equal(v.platform, KALAY);
    v = cw_verdict_weigh(list, 2, CW_SUBJECT_SERVICE);
    assert_int_equal(v.vendor, DAHUA);
    assert_int_equal(v.platform, KALAY);
    assert_int_equal(v.confidence, 97);
}

/* A brand's host that speaks the protocol of its maker's group: 1 - 0.3 * 0.15 = 0.955. */
static void
a_brand_and_its_group_agree(void **state)
{
    (void)state;

    enum { AMCREST = 7, DAHUA_GROUP = 8 };
    struct cw_evidence list[] = {piece(CAMWATCH_EVIDENCE_NAME_DNS_OWN, 70, AMCREST),
                                 piece(CAMWATCH_EVIDENCE_SIGNATURE, 85, DAHUA_GROUP)};
    list[0].group = DAHUA_GROUP;
    struct cw_verdict v = cw_verdict_weigh(list, 2, CW_SUBJECT_SERVICE);
    assert_int_equal(v.vendor, AMCREST);
    assert_int_equal(v.confidence, 96);
}

/* What names nobody supports every name, but is no part of a contradiction. */
static void
support_is_no_contradiction(void **state)
{
    (void)state;
    struct cw_evidence list[] = {piece(CAMWATCH_EVIDENCE_NAME, 80, DAHUA),
                                 piece(CAMWATCH_EVIDENCE_LINEAGE, 70, 0),
                                 piece(CAMWATCH_EVIDENCE_SERVER_ADDRESS, 40, HIKVISION)};
    struct cw_verdict v = cw_verdict_weigh(list, 3, CW_SUBJECT_SERVICE);
    assert_int_equal(v.vendor, DAHUA);
    assert_int_equal(v.confidence, 94 - 20);
}

static void
subjects_are_apart(void **state)
{
    (void)state;
    struct cw_evidence list[] = {piece(CAMWATCH_EVIDENCE_NAME_SERVICE, 60, DAHUA)};
    struct cw_verdict v = cw_verdict_weigh(list, 1, CW_SUBJECT_DEVICE);
    assert_int_equal(v.confidence, 0);
    assert_int_equal(v.band, CAMWATCH_BAND_NONE);
}

static void
a_full_list_keeps_the_strong(void **state)
{
    (void)state;
    struct cw_evidence list[2];
    size_t n = 0;
    struct cw_evidence weak = piece(CAMWATCH_EVIDENCE_PORT, 10, DAHUA);
    struct cw_evidence mid = piece(CAMWATCH_EVIDENCE_SERVER_ADDRESS, 40, DAHUA);
    struct cw_evidence strong = piece(CAMWATCH_EVIDENCE_SIGNATURE, 85, DAHUA);
    assert_true(cw_evidence_add(list, &n, 2, &weak));
    assert_false(cw_evidence_add(list, &n, 2, &weak));
    assert_true(cw_evidence_add(list, &n, 2, &mid));
    assert_true(cw_evidence_add(list, &n, 2, &strong));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].points, 85);
    assert_int_equal(list[1].points, 40);
    assert_false(cw_evidence_add(list, &n, 2, &weak));
}

/* One message of a signature tells the kind, the next the brand, another less surely: all of it stays. */
static void
what_messages_of_one_signature_tell_adds_up(void **state)
{
    (void)state;
    struct cw_evidence list[2], first = piece(CAMWATCH_EVIDENCE_IDENTITY, 90, DAHUA);
    size_t n = 0;
    first.device_kind = CAMWATCH_KIND_RECORDER;
    struct cw_evidence second = piece(CAMWATCH_EVIDENCE_IDENTITY, 90, DAHUA);
    second.brand = 7;
    second.is_surveillance = 1;
    struct cw_evidence third = piece(CAMWATCH_EVIDENCE_IDENTITY, 40, DAHUA);
    third.role = CAMWATCH_ROLE_STREAM;
    assert_true(cw_evidence_add(list, &n, 2, &first));
    assert_true(cw_evidence_add(list, &n, 2, &second));
    assert_true(cw_evidence_add(list, &n, 2, &third));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].points, 90);
    assert_int_equal(list[0].device_kind, CAMWATCH_KIND_RECORDER);
    assert_int_equal(list[0].brand, 7);
    assert_int_equal(list[0].is_surveillance, 1);
    assert_int_equal(list[0].role, CAMWATCH_ROLE_STREAM);
    assert_false(cw_evidence_add(list, &n, 2, &first));
    assert_false(cw_evidence_add(list, &n, 2, &second));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands),
        cmocka_unit_test(kinds_combine_once),
        cmocka_unit_test(a_called_brand_names_a_camera),
        cmocka_unit_test(a_called_brand_yields),
        cmocka_unit_test(a_called_brand_on_a_module),
        cmocka_unit_test(a_called_brand_is_kept_once),
        cmocka_unit_test(a_hint_names_nobody),
        cmocka_unit_test(contradictions_weaken),
        cmocka_unit_test(a_platform_is_no_vendor),
        cmocka_unit_test(a_brand_and_its_group_agree),
        cmocka_unit_test(support_is_no_contradiction),
        cmocka_unit_test(subjects_are_apart),
        cmocka_unit_test(a_full_list_keeps_the_strong),
        cmocka_unit_test(what_messages_of_one_signature_tell_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
