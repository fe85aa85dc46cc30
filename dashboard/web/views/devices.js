// SPDX-License-Identifier: Apache-2.0
import {el} from '../lib/dom.js';
import {bytes, time} from '../lib/format.js';
import {byGravity, isBanned, isOffList, isPhoningHome, sumBy} from '../lib/model.js';
import {dataTable} from '../lib/table.js';
import {assetTag, bandTag, listTag, outcomeTag} from '../lib/tags.js';
import {deviceLink} from '../lib/events.js';
import {setFilters} from '../lib/route.js';
import {assetWord} from '../lib/words.js';

const BANDS = ['confirmed', 'likely', 'hint'];

/** What its rows say it does, the gravest first. */
function doing(rows) {
  return ['streams', 'talks', 'tries', 'tries, refused', 'one way'].find((word) =>
    rows.some((row) => row.outcome === word)) ?? '';
}

function columns(sent) {
  return [
    {title: 'Device', text: (d) => `${d.title} ${assetWord(d.asset_status)}`, cell: (d) =>
      el('span', {class: 'tags'}, deviceLink(d.key, d.title), assetTag(d))},
    {title: 'Address', text: (d) => d.addresses[0] ?? d.mac ?? '', class: 'wire'},
    {title: 'Sure', order: (d) => d.confidence, cell: (d) => bandTag(d.band, d.confidence)},
    {title: 'Made by', text: (d) => d.maker ?? ''},
    {title: 'Kind', text: (d) => (d.kind === 'unknown' ? '' : d.kind ?? ''), class: 'wide'},
    {title: 'Lists', text: (d) => d.lists.map((l) => l.list).join(' '), cell: (d) => el('span', {class: 'tags'}, byGravity(d.lists).map(listTag))},
    {title: 'Outside', text: (d) => sent.get(d.key)?.doing ?? '', cell: (d) => (sent.get(d.key)?.doing
      ? outcomeTag(sent.get(d.key).doing) : el('span', {class: 'dim'}, 'nobody'))},
    {title: 'Sent', number: (d) => sent.get(d.key)?.bytes ?? 0, cell: (d) => bytes(sent.get(d.key)?.bytes ?? 0)},
    {title: 'Last seen (UTC)', text: (d) => time(d.last_seen), cell: (d) => [time(d.last_seen),
      d.is_gone ? el('span', {class: 'warn'}, ' gone') : ''], class: 'when'},
  ];
}

const LAST_SEEN = 8;

export function devicesView(app) {
  const sent = new Map();
  const {filters} = app.route;
  const band = el('select', {id: 'band', onchange: () => apply({band: band.value})},
    el('option', {value: ''}, 'All'), BANDS.map((b) => el('option', {value: b, selected: b === filters.band}, b)));
  const listed = el('input', {id: 'listed', type: 'checkbox', checked: filters.listed === '1',
    onchange: () => apply({listed: listed.checked ? '1' : ''})});
  const off = el('input', {id: 'off', type: 'checkbox', checked: filters.off === '1',
    onchange: () => apply({off: off.checked ? '1' : ''})});
  const offLabel = el('label', {for: 'off', class: 'check', hidden: true}, off, ' not as your list of assets says');
  const table = dataTable(columns(sent), {caption: 'Devices', search: true, words: filters.q, sort: LAST_SEEN,
    onSearch: (q) => setFilters({q}), key: (d) => d.key,
    empty: 'No surveillance device is known yet. One appears here as soon as a sensor recognises it.'});
  const root = el('div', {}, el('h1', {}, 'Devices'),
    el('div', {class: 'filters'}, el('label', {for: 'band'}, 'Sure '), band,
      el('label', {for: 'listed', class: 'check'}, listed, ' maker on a ban list'), offLabel), table);

  function apply(changes) {
    app.route = setFilters(changes);
    filter();
  }

  function filter() {
    const f = app.route.filters;
    table.setFilter(f.band || f.listed || f.off ? (d) => (!f.band || d.band === f.band)
      && (!f.listed || isBanned(d)) && (!f.off || isOffList(d)) : null);
  }

  root.update = () => {
    const {sensor} = app.route.filters;
    const rows = app.store.rowList(sensor).filter(isPhoningHome);
    sent.clear();
    sumBy(rows, (row) => row.device_key).forEach((sum) =>
      sent.set(sum.key, {bytes: sum.bytes_out, doing: doing(sum.rows)}));
    const devices = app.store.deviceList(sensor);
    offLabel.hidden = !app.route.filters.off && !devices.some((d) => d.asset_status);
    table.setRows(devices);
  };
  filter();
  return root;
}
