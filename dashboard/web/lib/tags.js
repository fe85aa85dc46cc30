// SPDX-License-Identifier: Apache-2.0
// Small marks that mean the same wherever they stand. None says by colour alone what it says.
import {el} from './dom.js';
import {country, day} from './format.js';
import {isProven, pathName} from './model.js';
import {assetWord} from './words.js';

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

/** What a list's tag says besides its name: an export control is no ban, an unread entry no fact. */
function caveat(listing) {
  if (!isProven(listing)) {
    return 'not verified';
  }
  return {'export-control': 'no ban', guidance: 'guidance'}[listing.kind];
}

export function listTag(listing) {
  const note = `maker named on ${listing.title ?? listing.list}${listing.since ? ` since ${day(listing.since)}` : ''}`
    + `${listing.kind ? ` (${listKind(listing.kind)})` : ''}${isProven(listing) ? '' : ': this entry is not verified'}`;
  const word = caveat(listing);
  return el('span', {class: `tag list${word ? ' soft' : ''}${isProven(listing) ? '' : ' unproven'}`, title: note},
    listing.list, word ? el('span', {class: 'caveat'}, ` ${word}`) : null);
}

/** Nothing where the device is as the operator's list of assets says, or where there is none. */
export function assetTag(device) {
  const word = assetWord(device.asset_status);
  return word ? el('span', {class: 'tag asset', title: 'by your list of assets'}, word) : null;
}

export function countryTag(code) {
  return code ? el('span', {class: 'country', title: country(code)}, el('b', {}, code), ` ${country(code)}`) : '';
}

const OUTCOMES = {streams: 'bad', talks: '', tries: 'dim', 'tries, refused': 'dim', 'one way': 'dim'};

export function outcomeTag(outcome) {
  return el('span', {class: `outcome ${OUTCOMES[outcome] ?? 'dim'}`}, outcome);
}
