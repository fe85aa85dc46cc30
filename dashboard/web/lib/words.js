// SPDX-License-Identifier: Apache-2.0
// Words for what the vocabularies of camwatch say in one token, as host/device_words.c has them.

const EVIDENCE = {
  identity: 'says so itself',
  signature: 'wire signature',
  name: 'names only devices ask for',
  'name-service': 'names of its services',
  'name-dns-own': 'its own DNS answers',
  lineage: 'sessions out of a rendezvous',
  'mac-camera-maker': 'MAC of a camera maker',
  'name-dns-other': "others' DNS answers",
  'server-address': 'published server addresses',
  'signature-weak': 'weak wire signature',
  'mac-general-maker': 'MAC of a general maker',
};

export const evidenceWord = (kind) => EVIDENCE[kind] ?? kind;

const ASSET = {
  'not-listed': 'not in your list',
  'not-sanctioned': 'not sanctioned',
  'other-maker': 'another maker than listed',
};

/** What the operator's list of assets says against a device; '' where nothing. */
export const assetWord = (status) => ASSET[status] ?? '';

const KEPT = 4;

/** The start of a serial number: the whole of it may open a camera to who knows it. */
export const cutId = (id) => (id && id.length > KEPT ? `${id.slice(0, KEPT)}\u2026` : id);

/** A text without the serial number of its device. */
export function withoutId(text, id) {
  return id && id.length > KEPT ? text.replaceAll(id, cutId(id)) : text;
}
