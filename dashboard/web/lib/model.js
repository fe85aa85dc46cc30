// SPDX-License-Identifier: Apache-2.0
// The data model of docs/report.md, and what is asked of it. The live page makes the same rows out of
// events (store.js), so that every component draws both.

import {bytes, count} from './format.js';

export const PATHS = ['cloud', 'relay', 'p2p-direct', 'lan', ''];

export const pathName = (path) => path || 'not known';
export const isOutside = (row) => row.path !== 'lan' && row.direction !== 'internal';
/** Its name was asked for in DNS: the address is the resolver's, the traffic goes elsewhere. */
export const isLookup = (row) => row.looked_up > 0 && row.looked_up === row.flows;
/** Traffic of a device with a service outside, answered or not. */
export const isPhoningHome = (row) => Boolean(row.owner) && isOutside(row) && !isLookup(row);
export const total = (row) => row.bytes_out + row.bytes_in;
export const peerOf = (row) => {
  const name = row.peer || row.ip || '';
  const host = name.includes(':') && !name.includes('/') ? `[${name}]` : name;
  return row.port && !isLookup(row) ? `${host}:${row.port}` : host;
};

/** Only verified entries count as named; events carry no other. */
export const isProven = (listing) => (listing.status ?? 'verified') === 'verified';
const BANS = ['purchase-ban', 'authorisation-ban'];
/** Its maker is named on a list of bans; a list whose kind is not known counts. */
export const isBanned = (device) => device.lists.some((l) => isProven(l) && (!l.kind || BANS.includes(l.kind)));

const GRAVITY = [...BANS, 'export-control', 'guidance'];

/** Listings as they are shown: bans first, what is not verified last. */
export function byGravity(lists) {
  const place = (l) => (isProven(l) ? 0 : GRAVITY.length + 1) + (l.kind ? GRAVITY.indexOf(l.kind) : 0);
  return [...lists].sort((a, b) => place(a) - place(b));
}

/** The operator's list of assets does not have it, or has it otherwise. */
export const isOffList = (device) => Boolean(device.asset_status) && device.asset_status !== 'listed';

/** An alert is told when it opens, while it goes on and when it closes: it counts once. */
const isNew = (alert) => !['updated', 'closed'].includes(alert.state ?? alert['camwatch.alert.state']);

/** The figures above everything, the same on both pages: [{name, value, view}]. */
export function figures(devices, rows, alerts) {
  const reached = rows.filter((row) => isPhoningHome(row) && row.established > 0);
  const distinct = (keyOf) => count(sumBy(reached, keyOf).length);
  return [
    {name: 'surveillance devices', value: count(devices.length), view: 'devices'},
    {name: 'of makers on a ban list', value: count(devices.filter(isBanned).length), view: 'devices'},
    ...(devices.some((d) => d.asset_status)
      ? [{name: 'not as your list says', value: count(devices.filter(isOffList).length), view: 'devices'}] : []),
    {name: 'services they reach', value: distinct((row) => row.service), view: 'destinations'},
    {name: 'countries', value: distinct((row) => row.country), view: 'destinations'},
    {name: 'sent outside', value: bytes(reached.reduce((sum, row) => sum + row.bytes_out, 0)), view: 'destinations'},
    {name: 'alerts', value: count(alerts.filter(isNew).length), view: 'alerts'},
  ];
}

/** Give every device a label of its own: its title, with its address where another is called the same. */
export function labelDevices(devices) {
  const counts = new Map();
  devices.forEach((d) => counts.set(d.title, (counts.get(d.title) ?? 0) + 1));
  devices.forEach((d) => {
    const address = d.addresses[0] ?? d.mac ?? d.id;
    d.label = counts.get(d.title) > 1 ? `${d.title} ${address}` : d.title;
  });
}

/** Rows of a model with their device in place. */
export function rowsOf(model) {
  labelDevices(model.devices);
  return model.conversations.map((row) => ({...row, owner: model.devices[row.device]}));
}

/** Sums by a key, most bytes first: [{key, bytes_out, bytes_in, flows, rows}]. */
export function sumBy(rows, keyOf) {
  const sums = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === undefined || key === '') {
      continue;
    }
    const sum = sums.get(key) ?? {key, bytes_out: 0, bytes_in: 0, flows: 0, rows: []};
    sum.bytes_out += row.bytes_out;
    sum.bytes_in += row.bytes_in;
    sum.flows += row.flows;
    sum.rows.push(row);
    sums.set(key, sum);
  }
  return [...sums.values()].sort((a, b) => total(b) - total(a));
}

/** Steps of a timeline summed by path: {path: {out: [], in: []}}, for one device or all. */
export function timelineByPath(timeline, device) {
  const byPath = {};
  for (const series of timeline.series) {
    if (device !== undefined && series.device !== device) {
      continue;
    }
    const path = series.path ?? '';
    byPath[path] ??= {out: Array(timeline.steps).fill(0), in: Array(timeline.steps).fill(0)};
    for (let i = 0; i < timeline.steps; i++) {
      byPath[path].out[i] += series.out[i];
      byPath[path].in[i] += series.in[i];
    }
  }
  return byPath;
}
