// SPDX-License-Identifier: Apache-2.0
// Destinations, alerts and the feed.
import {el, put} from '../lib/dom.js';
import {destinationsView as destinations} from '../lib/destinations.js';
import {EVENT_COLUMNS, eventKey, SEVERITY} from '../lib/events.js';
import {count} from '../lib/format.js';
import {isPhoningHome, total} from '../lib/model.js';
import {sankeyChart} from '../lib/sankey.js';
import {setFilters} from '../lib/route.js';
import {dataTable} from '../lib/table.js';
import {reachBack} from './overview.js';

const STREAMS = ['alerts', 'devices', 'flows', 'stats'];

export function destinationsView(app) {
  const {filters} = app.route;
  const note = el('p', {class: 'note'});
  const view = destinations((chosen) => { app.route = setFilters(chosen); },
    {words: filters.q, onSearch: (q) => { app.route = setFilters({q}); }});
  const chart = sankeyChart();
  const root = el('div', {}, el('h1', {}, 'Destinations'),
    el('p', {class: 'note'}, 'A country is where an address is registered, which is not always where the machine stands. '), note,
    view, el('section', {'aria-labelledby': 'x-flows'}, el('h2', {id: 'x-flows'}, 'Device, service, country'), chart));
  root.update = () => {
    const rows = app.store.rowList(app.route.filters.sensor);
    put(note, reachBack(app.store));
    view.setRows(rows);
    chart.draw(rows.filter((row) => isPhoningHome(row) && total(row) > 0));
  };
  view.choose({country: filters.country ?? '', service: filters.service ?? ''});
  return root;
}

export function alertsView(app) {
  const {filters} = app.route;
  const severity = el('select', {id: 'severity', onchange: () => {
    app.route = setFilters({severity: severity.value});
    root.update();
  }}, SEVERITY.map((name, n) => el('option', {value: n || '', selected: String(n) === filters.severity},
    n === 0 ? 'All' : n === 4 ? name : `${name} and above`)));
  const c = EVENT_COLUMNS;
  const table = dataTable([c.time, c.severity, c.state, c.message, c.policy, c.device, c.sensor], {caption: 'Alerts', search: true,
    words: filters.q, onSearch: (q) => { app.route = setFilters({q}); }, key: eventKey,
    empty: 'No alert. Policies in rules/policies say what makes one.'});
  const root = el('div', {}, el('h1', {}, 'Alerts'),
    el('div', {class: 'filters'}, el('label', {for: 'severity'}, 'Severity '), severity), table);
  root.update = () => {
    const {sensor, severity: least = 0} = app.route.filters;
    table.setRows(app.store.alerts.filter((a) => (!sensor || a.sensor === sensor)
      && (a['event.severity'] ?? 0) >= Number(least)));
  };
  return root;
}

export function feedView(app) {
  const {filters} = app.route;
  const hidden = new Set((filters.hide ?? '').split(',').filter(Boolean));
  let frozen = null; /* what was there when it was paused */
  const state = el('span', {role: 'status', class: 'dim'});
  const pause = el('button', {type: 'button', class: 'quiet', 'aria-pressed': 'false', onclick: () => {
    frozen = frozen ? null : {events: [...app.store.events], version: app.store.events[0]};
    pause.setAttribute('aria-pressed', String(Boolean(frozen)));
    pause.textContent = frozen ? 'Go on' : 'Pause';
    root.update();
  }}, 'Pause');
  const boxes = STREAMS.map((stream) => {
    const box = el('input', {type: 'checkbox', id: `s-${stream}`, checked: !hidden.has(stream), onchange: () => {
      hidden[box.checked ? 'delete' : 'add'](stream);
      app.route = setFilters({hide: [...hidden].join(',')});
      root.update();
    }});
    return el('label', {for: `s-${stream}`, class: 'check'}, box, ` ${stream}`);
  });
  const c = EVENT_COLUMNS;
  const table = dataTable([c.time, c.kind, c.message, c.device, c.sensor], {caption: 'Events, the newest first', search: true,
    words: filters.q, onSearch: (q) => { app.route = setFilters({q}); }, first: 100, key: eventKey,
    empty: 'No events yet. They appear here as a sensor makes them.'});
  const root = el('div', {}, el('h1', {}, 'Events'), el('div', {class: 'filters'}, pause, boxes, state), table);

  root.update = () => {
    const events = frozen ? frozen.events : app.store.events;
    const since = frozen ? Math.max(0, app.store.events.indexOf(frozen.version)) : 0;
    put(state, frozen ? `paused; ${count(since)} new` : '');
    const {sensor} = app.route.filters;
    table.setRows(events.filter((e) => !hidden.has(e.stream) && (!sensor || e.sensor === sensor)));
  };
  return root;
}
