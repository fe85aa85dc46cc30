// SPDX-License-Identifier: Apache-2.0
// Columns and marks of events, for the feed, alerts and histories.
import {el} from './dom.js';
import {time} from './format.js';
import {keyOf} from './store.js';
import {makeRoute} from './route.js';
import {withoutId} from './words.js';

export const SEVERITY = ['', 'low', 'medium', 'high', 'critical'];

export function severityTag(n) {
  return n ? el('span', {class: `severity-${n}`}, SEVERITY[n] ?? n) : '';
}

export function deviceLink(key, text) {
  return key ? el('a', {href: makeRoute({view: 'device', id: key})}, text) : '';
}

function subject(e) {
  const id = e['camwatch.device.id'];
  return id ? deviceLink(keyOf(e.sensor, id), e['camwatch.device.ip']?.[0] ?? e['camwatch.device.mac'] ?? id) : '';
}

const STATES = {open: 'open', updated: 'goes on', closed: 'closed'};

export const EVENT_COLUMNS = {
  time: {title: 'Time (UTC)', text: (e) => time(e['@timestamp']), class: 'when'},
  kind: {title: 'Kind', text: (e) => e['event.action'] ?? e.stream, class: 'dim'},
  severity: {title: 'Severity', order: (e) => e['event.severity'] ?? 0, cell: (e) => severityTag(e['event.severity'])},
  message: {title: 'What', text: (e) => withoutId(e.message ?? '', e['camwatch.device.serial'])},
  state: {title: 'State', text: (e) => STATES[e['camwatch.alert.state']] ?? '', class: 'dim'},
  policy: {title: 'Policy', text: (e) => e['rule.name'] ?? e['rule.id'] ?? '', class: 'dim'},
  device: {title: 'Device', text: (e) => e['camwatch.device.ip']?.[0] ?? e['camwatch.device.id'] ?? '', cell: subject},
  sensor: {title: 'Sensor', text: (e) => e.sensor, class: 'dim'},
};

export const eventKey = (e) => `${e.sensor}${e.stream}${e.id}`;
