// SPDX-License-Identifier: Apache-2.0
// Small marks that mean the same wherever they stand. None says by colour alone what it says.
import {el} from './dom.js';
import {country, day} from './format.js';
import {pathName} from './model.js';

export function bandTag(band, confidence) {
  return el('span', {class: `tag band-${band || 'none'}`},
    band || 'no evidence', confidence === undefined ? '' : el('b', {}, ` ${confidence}`));
}

export function pathTag(path) {
  return el('span', {class: `tag path path-${path || 'none'}`}, pathName(path));
}

const LIST_KINDS = {
  'purchase-ban': 'purchase ban',
  'authorisation-ban': 'no new authorisations',
  'export-control': 'export control, no ban',
  guidance: 'guidance',
};

export const listKind = (kind) => LIST_KINDS[kind] ?? kind ?? '';

export function listTag(listing) {
  const note = `maker named on ${listing.list}${listing.since ? ` since ${day(listing.since)}` : ''}`
    + `${listing.kind ? ` (${listKind(listing.kind)})` : ''}`;
  return el('span', {class: `tag list${listing.kind === 'export-control' ? ' soft' : ''}`, title: note},
    listing.list);
}

export function countryTag(code) {
  return code ? el('span', {class: 'country', title: country(code)}, el('b', {}, code), ` ${country(code)}`) : '';
}

const OUTCOMES = {streams: 'bad', talks: '', tries: 'dim', 'tries, refused': 'dim', 'one way': 'dim'};

export function outcomeTag(outcome) {
  return el('span', {class: `outcome ${OUTCOMES[outcome] ?? 'dim'}`}, outcome);
}
