// SPDX-License-Identifier: Apache-2.0
// The report: the data model that is part of the page, drawn once.
import {el} from './lib/dom.js';
import {destinationsView} from './lib/destinations.js';
import {deviceCard} from './lib/device.js';
import {bytes, count, country, day, plural, span, time} from './lib/format.js';
import {figures, isOffList, isOutside, isPhoningHome, peerOf, rowsOf, timelineByPath, total} from './lib/model.js';
import {sankeyChart} from './lib/sankey.js';
import {dataTable} from './lib/table.js';
import {outcomeTag, pathTag} from './lib/tags.js';
import {themeButton} from './lib/theme.js';
import {timelineChart} from './lib/timeline.js';
import {assetWord} from './lib/words.js';

const SEVERITY = ['', 'low', 'medium', 'high', 'critical'];

function section(id, title, note, ...content) {
  return el('section', {id, 'aria-labelledby': `${id}-title`}, el('h2', {id: `${id}-title`}, title),
    note && el('p', {class: 'note'}, note), content);
}

function tile(value, name) {
  return el('div', {class: 'tile'}, el('dd', {}, value), el('dt', {}, name));
}

function header(model) {
  const c = model.coverage;
  const names = c.captures.slice(0, 3).join(', ') + (c.captures.length > 3 ? ` and ${c.captures.length - 3} more` : '');
  return el('header', {class: 'top'},
    el('div', {class: 'brand'}, el('span', {class: 'eye', 'aria-hidden': 'true'}), 'camwatch', themeButton()),
    el('h1', {}, 'Surveillance devices and where they phone home'),
    el('p', {class: 'wire dim'}, names),
    c.first && el('p', {class: 'dim'}, `${time(c.first)} to ${time(c.last)} UTC, ${span(seconds(c))}`));
}

const seconds = (c) => (Date.parse(c.last) - Date.parse(c.first)) / 1000;

function findings(model, rows) {
  return section('findings', 'What was found', '',
    el('p', {class: 'findings'}, model.findings.join(' ')),
    el('dl', {class: 'tiles'}, figures(model.devices, rows, model.alerts).map(({value, name}) => tile(value, name))));
}

function coverageSentence(model) {
  const c = model.coverage;
  const where = plural(c.captures.length, 'capture');
  return model.devices.length === 0
    ? `None seen in ${c.first ? span(seconds(c)) : 'no time'} in ${where}; that is not "none present".`
    : `Seen in ${span(seconds(c))} in ${where}. What was silent, or talked elsewhere, is not in it.`;
}

function devices(model, rows) {
  return section('devices', 'Devices', 'Each line opens: what it is, where it talks, and the evidence to check.',
    model.devices.length === 0 ? el('p', {class: 'empty'}, coverageSentence(model)) : null,
    model.devices.map((device) => deviceCard(device, rows.filter((row) => row.owner === device))));
}

function alerts(model) {
  if (model.alerts.length === 0) {
    return null;
  }
  return section('alerts', 'Alerts', '', dataTable([
    {title: 'Time (UTC)', text: (a) => time(a.time), class: 'when'},
    {title: 'Severity', order: (a) => a.severity, cell: (a) => el('span', {class: `severity-${a.severity}`},
      SEVERITY[a.severity] ?? '')},
    {title: 'What', text: (a) => a.message ?? a.reason ?? ''},
    {title: 'Policy', text: (a) => a.rule ?? a.kind, class: 'dim'},
  ], {rows: model.alerts, caption: 'Alerts', first: 20}));
}

/* The operator's list of assets against what was seen. */
function assets(model) {
  if (!model.assets_never_seen) {
    return null;
  }
  const rows = [
    ...model.devices.filter(isOffList).map((d) => ({says: assetWord(d.asset_status), at: d.mac ?? d.addresses[0],
      device: d.label, maker: d.asset_status === 'other-maker' ? `${d.maker}, listed as ${d.asset_maker}` : d.maker, name: d.asset_name, site: d.asset_site})),
    ...model.assets_never_seen.map((a) => ({...a, says: 'never seen', at: a.mac ?? a.address ?? a.serial, device: ''})),
  ];
  return section('assets', 'By your list of assets', '', dataTable([
    {title: 'What', text: (r) => r.says, cell: (r) => el('span', {class: r.device ? 'bad' : 'dim'}, r.says)},
    {title: 'At', text: (r) => r.at ?? '', class: 'wire'},
    {title: 'Device', text: (r) => r.device},
    {title: 'Maker', text: (r) => r.maker ?? ''},
    {title: 'Name in the list', text: (r) => r.name ?? ''},
    {title: 'Site', text: (r) => r.site ?? ''},
  ], {rows, caption: 'By your list of assets', first: 20,
    empty: 'All devices are in the list of assets, and all of it was seen.'}));
}

function destinations(rows) {
  const view = destinationsView();
  view.setRows(rows);
  return section('destinations', 'Where they talk',
    'A country is where an address is registered, which is not always where the machine stands.', view);
}

function timeline(model) {
  const chart = timelineChart();
  chart.draw(model.timeline, timelineByPath(model.timeline));
  return section('timeline', 'When', 'All devices. A flow is told once a minute; its bytes are spread evenly '
    + 'over that time.', chart);
}

function flows(rows) {
  const outside = rows.filter((row) => isPhoningHome(row) && total(row) > 0);
  const chart = sankeyChart();
  chart.draw(outside);
  return section('flows', 'Device, service, country', '',
    outside.length === 0 ? el('p', {class: 'empty'}, 'No device exchanged bytes with the outside.') : chart);
}

function unexplained(rows) {
  const found = rows.filter((row) => row.owner && isOutside(row) && !row.explained);
  return section('unexplained', 'What nothing explains',
    'Destinations of devices that no rule and no wire signature knows.',
    dataTable([
      {title: 'Device', text: (r) => r.owner.label},
      {title: 'Far end', text: peerOf, class: 'wire'},
      {title: 'Protocol', text: (r) => [r.transport, r.protocol].filter(Boolean).join(' ')},
      {title: 'Path', text: (r) => r.path ?? '', cell: (r) => pathTag(r.path)},
      {title: 'Country', text: (r) => (r.country ? country(r.country) : '')},
      {title: 'Outcome', text: (r) => r.outcome, cell: (r) => outcomeTag(r.outcome)},
      {title: 'Sent', number: (r) => r.bytes_out, cell: (r) => bytes(r.bytes_out)},
      {title: 'Received', number: (r) => r.bytes_in, cell: (r) => bytes(r.bytes_in)},
    ], {rows: found, caption: 'What nothing explains', sort: 6, first: 20, empty: 'Everything that devices talked to is explained.'}));
}

function lan(rows) {
  const found = rows.filter((row) => row.owner && !isOutside(row));
  if (found.length === 0) {
    return null;
  }
  return section('lan', 'On the local network', '', dataTable([
    {title: 'Device', text: (r) => r.owner.label},
    {title: 'Protocol', text: (r) => r.protocol ?? r.transport ?? ''},
    {title: 'With', text: peerOf, class: 'wire'},
    {title: 'Outcome', text: (r) => r.outcome, cell: (r) => outcomeTag(r.outcome)},
    {title: 'Sent', number: (r) => r.bytes_out, cell: (r) => bytes(r.bytes_out)},
    {title: 'Received', number: (r) => r.bytes_in, cell: (r) => bytes(r.bytes_in)},
  ], {rows: found, caption: 'On the local network', sort: 4, first: 20}));
}

function dropRows(c) {
  const rows = [...c.drops];
  if (c.cut > 0) {
    rows.push({reason: 'cut', help: 'frames captured in part (snap length): names behind the cut are missed', count: c.cut});
  }
  if (c.filtered > 0) {
    rows.push({reason: 'filter', help: 'frames that --bpf left out', count: c.filtered});
  }
  if (c.faults > 0) {
    rows.push({reason: 'fault', help: 'captures that could not be read to their end', count: c.faults});
  }
  return rows;
}

function coverage(model) {
  const c = model.coverage;
  const dropped = c.frames - c.parsed;
  const rows = dropRows(c);
  return section('coverage', 'Losses and coverage', coverageSentence(model),
    el('p', {}, `${count(c.frames)} frames (${bytes(c.bytes)} on the wire) = ${count(c.parsed)} parsed + `
      + `${count(dropped)} not followed. ${plural(c.events, 'event')} made; the account `,
    el('b', {class: c.closes ? '' : 'bad'}, c.closes ? 'closes' : 'does not close'), '.'),
    c.parsed > 0 && c.home_frames * 2 < c.parsed ? el('p', {class: 'warn'},
      `Only ${Math.round(100 * c.home_frames / c.parsed)} % of the packets touch the home networks: `
      + 'name yours with --home PREFIX.') : null,
    model.conversations_left_out > 0 ? el('p', {class: 'warn'},
      `${plural(model.conversations_left_out, 'conversation')} are not in this report: there were too many.`) : null,
    rows.length > 0 ? dataTable([
      {title: 'Reason', text: (r) => r.reason},
      {title: 'What it means', text: (r) => r.help},
      {title: 'Count', number: (r) => r.count, cell: (r) => count(r.count)},
    ], {rows, caption: 'Losses', sort: 2}) : el('p', {class: 'note'}, 'Nothing was left out.'));
}

function basis(model) {
  const made = model.made;
  const lists = new Map(model.devices.flatMap((d) => d.lists).map((l) => [l.list, l]));
  return section('basis', 'What this rests on', '',
    el('ul', {class: 'plain'},
      model.geo_sources.map((s) => el('li', {}, el('b', {}, s.name), `, ${day(s.date)}: ${s.use}. `,
        s.licence ? `Licence: ${s.licence}. ` : '')),
      model.geo_sources.some((s) => /BY-SA/.test(s.licence ?? '')) ? el('li', {},
        'Contains data of the IPFire Location database (location.ipfire.org), CC BY-SA 4.0.') : null,
      model.geo_sources.length === 0 ? el('li', {}, 'No geo database: countries stay empty.') : null,
      [...lists.values()].map((l) => el('li', {}, el('b', {}, l.title ?? l.list), `: read ${day(l.verified_on)}. `,
        el('span', {class: 'wire dim'}, l.url ?? ''))),
      el('li', {}, el('b', {}, 'Rules'), ` version ${made.rules_version}, ${count(made.rules_files)} files`),
      el('li', {}, el('b', {}, 'Map'), ': Natural Earth, public domain')),
    el('h3', {}, 'How it was made'),
    el('p', {}, el('code', {class: 'command'}, made.command)),
    el('p', {class: 'dim'}, made.build),
    el('p', {class: 'dim'}, made.ids === 'masked'
      ? 'Serial numbers and UIDs are cut to four characters and a keyed hash. ' : 'Serial numbers and UIDs are whole. ',
    {truncate: 'Addresses of viewers and of the far ends of direct sessions are shown as their network.',
      hash: 'Addresses of viewers and of the far ends of direct sessions are shown as a keyed hash.',
      full: 'Addresses of viewers are whole.'}[made.viewers]));
}

function contents(sections) {
  return el('nav', {class: 'contents no-print', 'aria-label': 'Contents'},
    sections.filter(Boolean).map((s) => el('a', {href: `#${s.id}`}, s.querySelector('h2').textContent)));
}

/* On paper nothing can be opened: the first devices are, and as they were again afterwards. */
function openForPrint() {
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')].slice(0, 200);
    closed.forEach((card) => {
      card.open = true;
      card.dispatchEvent(new Event('toggle'));
    });
  });
  addEventListener('afterprint', () => closed.forEach((card) => { card.open = false; }));
}

function start() {
  const model = JSON.parse(document.getElementById('data').textContent);
  const rows = rowsOf(model);
  const sections = [findings(model, rows), devices(model, rows), assets(model), alerts(model), destinations(rows), flows(rows),
    timeline(model), unexplained(rows), lan(rows), coverage(model), basis(model)];
  document.title = `camwatch report: ${model.coverage.captures[0] ?? ''}`;
  document.body.append(header(model), contents(sections), el('main', {}, sections),
    el('footer', {class: 'dim'}, `camwatch ${model.made.version}`));
  openForPrint();
}

start();
