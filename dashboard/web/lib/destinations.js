// SPDX-License-Identifier: Apache-2.0
// Where devices talk: map, countries, services and the table, one choice for all of them.
import {el, put} from './dom.js';
import {barList} from './bars.js';
import {bytes, country, count} from './format.js';
import {isLookup, isOutside, isPhoningHome, peerOf, sumBy} from './model.js';
import {worldMap} from './map.js';
import {dataTable} from './table.js';
import {countryTag, outcomeTag, pathTag} from './tags.js';

function serviceCell(row) {
  return [row.service ?? el('span', {class: 'warn'}, 'not explained'),
    row.role ? el('span', {class: 'dim sub'}, row.role) : ''];
}

const COLUMNS = [
  {title: 'Device', text: (r) => r.owner?.label ?? r.local ?? '', cell: (r) => (r.owner ? r.owner.label
    : el('span', {class: 'dim'}, `viewer or host ${r.local ?? ''}`))},
  {title: 'Service', text: (r) => [r.service, r.role].filter(Boolean).join(' '), cell: serviceCell},
  {title: 'Path', text: (r) => r.path ?? '', cell: (r) => pathTag(r.path)},
  {title: 'Country', text: (r) => (r.country && !isLookup(r) ? `${r.country} ${country(r.country)}` : ''),
    cell: (r) => (isLookup(r) ? '' : countryTag(r.country))},
  {title: 'Far end', text: peerOf, class: 'wire'},
  {title: 'Network', text: (r) => (isLookup(r) ? [] : [r.as_org, r.asn && `AS${r.asn}`]).filter(Boolean).join(' '), class: 'dim wide'},
  {title: 'Outcome', text: (r) => r.outcome, cell: (r) => outcomeTag(r.outcome)},
  {title: 'Sent', number: (r) => r.bytes_out, cell: (r) => bytes(r.bytes_out)},
  {title: 'Received', number: (r) => r.bytes_in, cell: (r) => bytes(r.bytes_in)},
  {title: 'Flows', number: (r) => r.flows, cell: (r) => count(r.flows), class: 'wide'},
];

const SENT = 7;

/** An element with setRows(rows) and choose({country, service}); onChoose is told what was chosen. */
export function destinationsView(onChoose = () => {}, search = {}) {
  const chosen = {country: '', service: ''};
  const map = worldMap((code) => pick({country: code}));
  const countries = barList({title: 'Countries', name: (code) => `${country(code)}`, first: 8,
    empty: 'No country is known.', onSelect: (code) => pick({country: code})});
  const services = barList({title: 'Services', name: (name) => name, first: 8,
    empty: 'No service is known.', onSelect: (name) => pick({service: name})});
  const table = dataTable(COLUMNS, {caption: 'Destinations', sort: SENT, search: true,
    empty: 'No device talked to anybody outside.', first: 25, key: (r) => r.key, ...search});
  const choice = el('p', {class: 'choice', role: 'status'});
  const root = el('div', {class: 'destinations'},
    el('div', {class: 'where'}, map, el('div', {class: 'bar-pair'}, countries, services)), choice, table);

  function pick(part) {
    root.choose({...chosen, ...part});
    onChoose({...chosen});
  }

  function drawChoice() {
    const parts = [chosen.country && country(chosen.country), chosen.service].filter(Boolean);
    put(choice, parts.length === 0 ? '' : ['Only ', el('b', {}, parts.join(', ')), ' ',
      el('button', {type: 'button', class: 'link no-print', onclick: () => pick({country: '', service: ''})},
        'Show all')]);
  }

  root.choose = (what) => {
    Object.assign(chosen, what);
    map.select(chosen.country);
    countries.select(chosen.country);
    services.select(chosen.service);
    const isAny = !chosen.country && !chosen.service;
    table.setFilter(isAny ? null : (row) => (!chosen.country || row.country === chosen.country)
      && (!chosen.service || row.service === chosen.service));
    drawChoice();
  };
  root.setRows = (rows) => {
    const outside = rows.filter(isOutside);
    const owned = rows.filter(isPhoningHome);
    map.setSums(sumBy(owned, (row) => row.country));
    countries.setSums(sumBy(owned, (row) => row.country));
    services.setSums(sumBy(owned, (row) => row.service));
    table.setRows(outside);
  };
  return root;
}
