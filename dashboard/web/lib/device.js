// SPDX-License-Identifier: Apache-2.0
// One device: its line, and what is known of it with the evidence to check.
import {el, shown} from './dom.js';
import {bytes, country, count, day, plural, time} from './format.js';
import {byGravity, isLookup, isOutside, isPhoningHome, isProven, peerOf, total} from './model.js';
import {assetTag, bandTag, listKind, listTag, outcomeTag, pathTag} from './tags.js';
import {cutId} from './words.js';

const FACTS = [
  ['Brand', (d) => d.brand],
  ['Made by', (d) => maker(d)],
  ['Owner', (d) => (d.owner && d.owner !== d.maker ? d.owner : '')],
  ['Model', (d) => d.model],
  ['Kind', (d) => (d.kind === 'unknown' ? '' : d.kind)],
  ['Name', (d) => d.name],
  ['Asset', (d) => [d.asset_name, d.asset_site].filter(Boolean).join(', ')],
  ['Address', (d) => d.addresses.join(', ')],
  ['MAC', (d) => d.mac],
  ['Serial', (d) => (d.sensor ? hiddenId(d.serial) : d.serial)],
  ['UID', (d) => d.uid],
  ['Firmware', (d) => d.firmware],
  ['Where', (d) => ({remote: 'outside the watched networks', behind: 'behind a recorder or hub'})[d.scope]],
  ['Behind', (d) => d.behind],
  ['Seen (UTC)', (d) => `${time(d.first_seen)} to ${time(d.last_seen)}`],
  ['Explained', (d) => explained(d)],
];

/* Live, a serial number is whole in Redis: it is shown when asked for. */
function hiddenId(id) {
  if (!id) {
    return '';
  }
  const text = el('span', {}, cutId(id));
  return el('span', {}, text, ' ', el('button', {type: 'button', class: 'link no-print', onclick: (event) => {
    text.textContent = shown(id);
    event.target.remove();
  }}, 'Show'));
}

const maker = (d) => (d.maker && d.maker_confidence < 80 ? `${d.maker} (likely)` : d.maker);

function explained(d) {
  if (!d.bytes) {
    return '';
  }
  return `${Math.floor(100 * d.bytes_explained / d.bytes)} % of its ${bytes(d.bytes)}`;
}

/** Asks the clipboard; where there is none (a page from a file, in some browsers) selects the text. */
async function copy(text, code) {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    getSelection().selectAllChildren(code);
    return 'selected: copy it';
  }
}

export function filterLine(title, filter) {
  const code = el('code', {}, filter);
  const said = el('span', {role: 'status'});
  return el('p', {class: 'filter'}, `${title} `, code, ' ',
    el('button', {type: 'button', class: 'link no-print', onclick: async () => {
      said.textContent = ` ${await copy(filter, code)}`;
    }}, 'Copy'), said);
}

function facts(device) {
  return el('dl', {class: 'facts'}, FACTS.map(([name, value]) => [name, value(device)])
    .filter(([, value]) => value)
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

function listsOf(device) {
  if (!device.lists?.length) {
    return null;
  }
  return el('div', {}, el('h4', {}, 'Lists that name its maker'),
    el('ul', {class: 'plain'}, byGravity(device.lists).map((l) => el('li', {class: 'listing'},
      el('b', {}, l.title ?? l.list),
      l.since ? `, since ${day(l.since)}` : '',
      l.kind ? ` (${listKind(l.kind)})` : '',
      isProven(l) ? '' : el('span', {class: 'warn'}, ' not verified'),
      l.verified_on ? el('span', {class: 'dim'}, ` read ${day(l.verified_on)}`) : ''))),
    el('p', {class: 'note'}, 'Whether this device is covered is a legal question.'));
}

function frames(evidence) {
  const byFile = new Map();
  for (const {file, frame} of evidence) {
    if (frame && file) {
      byFile.set(file, [...(byFile.get(file) ?? []), frame]);
    }
  }
  return [...byFile].map(([file, numbers]) => filterLine(`Frames in ${file}:`,
    `frame.number in {${[...new Set(numbers)].sort((a, b) => a - b).join(', ')}}`));
}

function evidenceRow(e) {
  return el('tr', {},
    el('td', {class: 'number', 'data-title': 'Points'}, e.points),
    el('td', {'data-title': 'Kind'}, e.word ?? e.kind,
      e.origin === 'claimed' ? el('span', {class: 'warn'}, ' said by another device') : ''),
    el('td', {'data-title': 'What was seen', class: 'wire'}, e.seen ?? ''),
    el('td', {'data-title': 'Rule', class: 'dim wire'}, e.rule ?? ''),
    el('td', {'data-title': 'Frame', class: 'number'}, e.frame ? count(e.frame) : ''));
}

export function evidenceOf(device) {
  const evidence = [...device.evidence ?? []].sort((a, b) => b.points - a.points);
  return el('div', {}, el('h4', {}, 'Evidence, the strongest first'),
    el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Evidence'},
      el('table', {class: 'evidence'}, el('thead', {}, el('tr', {},
        el('th', {scope: 'col', class: 'number'}, 'Points'), el('th', {scope: 'col'}, 'Kind'),
        el('th', {scope: 'col'}, 'What was seen'), el('th', {scope: 'col'}, 'Rule or signature'),
        el('th', {scope: 'col', class: 'number'}, 'Frame'))),
      el('tbody', {}, evidence.map(evidenceRow)))),
    device.wireshark ? filterLine('All of it in Wireshark:', device.wireshark) : null,
    frames(evidence));
}

function destinationsOf(rows) {
  const outside = rows.filter((row) => isOutside(row)).sort((a, b) => total(b) - total(a));
  if (outside.length === 0) {
    return el('p', {class: 'note'}, 'It talked to nobody outside in this traffic.');
  }
  return el('div', {}, el('h4', {}, 'Where it talks'),
    el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Where it talks'},
      el('table', {}, el('thead', {}, el('tr', {}, ['Service', 'Role', 'Path', 'Country', 'Far end'].map((t) =>
        el('th', {scope: 'col'}, t)), ['Sent', 'Received'].map((t) => el('th', {scope: 'col', class: 'number'}, t)),
      el('th', {scope: 'col'}, 'Outcome'))),
      el('tbody', {}, outside.slice(0, 40).map((row) => el('tr', {},
        el('td', {'data-title': 'Service'}, row.service ?? el('span', {class: 'warn'}, 'not explained')),
        el('td', {'data-title': 'Role'}, row.role ?? ''),
        el('td', {'data-title': 'Path'}, pathTag(row.path)),
        el('td', {'data-title': 'Country'}, row.country && !isLookup(row) ? country(row.country) : ''),
        el('td', {'data-title': 'Far end', class: 'wire'}, peerOf(row)),
        el('td', {'data-title': 'Sent', class: 'number'}, bytes(row.bytes_out)),
        el('td', {'data-title': 'Received', class: 'number'}, bytes(row.bytes_in)),
        el('td', {'data-title': 'Outcome'}, outcomeTag(row.outcome))))))),
    outside.length > 40 ? el('p', {class: 'note'}, `${outside.length - 40} more in the table of destinations.`) : null);
}

export {facts as deviceFacts, destinationsOf as deviceDestinations, listsOf as deviceLists};

/** Everything about one device. */
export function deviceBody(device, rows) {
  return el('div', {class: 'device-body'}, facts(device), destinationsOf(rows), listsOf(device), evidenceOf(device));
}

function reach(rows) {
  const outside = rows.filter(isPhoningHome);
  const countries = [...new Set(outside.map((row) => row.country).filter(Boolean))];
  const services = new Set(outside.map((row) => row.service).filter(Boolean));
  if (outside.length === 0) {
    return 'nobody outside';
  }
  return `${services.size > 0 ? plural(services.size, 'service') : 'no known service'}`
    + (countries.length > 0 ? ` in ${countries.slice(0, 6).join(', ')}${countries.length > 6 ? ' …' : ''}` : '');
}

/** A device as one line that opens. Its inside is made when it is first opened. */
export function deviceCard(device, rows) {
  const sent = rows.filter(isPhoningHome).reduce((sum, row) => sum + row.bytes_out, 0);
  const card = el('details', {class: `device band-${device.band}`},
    el('summary', {},
      el('span', {class: 'device-title'}, device.title),
      el('span', {class: 'device-address wire'}, device.addresses[0] ?? device.mac ?? ''),
      bandTag(device.band, device.confidence),
      el('span', {class: 'device-reach'}, reach(rows), sent > 0 ? ` · ${bytes(sent)} sent` : ''),
      el('span', {class: 'device-lists'}, assetTag(device), byGravity(device.lists ?? []).map(listTag))));
  card.addEventListener('toggle', () => {
    if (card.open && card.children.length === 1) {
      card.append(deviceBody(device, rows));
    }
  });
  return card;
}
