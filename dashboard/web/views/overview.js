// SPDX-License-Identifier: Apache-2.0
import {el, put} from '../lib/dom.js';
import {bytes, plural, span} from '../lib/format.js';
import {barList} from '../lib/bars.js';
import {figures, isPhoningHome, sumBy} from '../lib/model.js';
import {worldMap} from '../lib/map.js';
import {country} from '../lib/format.js';
import {dataTable} from '../lib/table.js';
import {EVENT_COLUMNS, eventKey} from '../lib/events.js';
import {makeRoute} from '../lib/route.js';
import {timelineChart} from '../lib/timeline.js';
import {daySection} from './day.js';

const HOUR_MS = 3600000;

/** "Since 09:00:00" of what the flows that are known reach back to. */
export function reachBack(store) {
  if (store.samples.length === 0) {
    return 'No traffic of devices is known yet.';
  }
  const first = store.samples.reduce((min, s) => Math.min(min, s.time), Infinity);
  const last = store.samples.reduce((max, s) => Math.max(max, s.time), 0);
  return `From flows of ${span((last - first) / 1000)}, up to ${new Date(last).toISOString().slice(0, 19).replace('T', ' ')} UTC.`;
}

export function overviewView(app) {
  const {store} = app;
  const go = (filters) => { location.hash = makeRoute({view: 'destinations', filters: {...app.route.filters, ...filters}}); };
  const tiles = el('dl', {class: 'tiles'});
  const map = worldMap((code) => go({country: code}));
  const countries = barList({title: 'Countries', name: country, first: 6, empty: 'No country is known yet.',
    onSelect: (code) => go({country: code})});
  const services = barList({title: 'Services', name: (name) => name, first: 6, empty: 'No service is known yet.',
    onSelect: (service) => go({service})});
  const chart = timelineChart();
  const paths = el('p', {class: 'note'});
  const alerts = dataTable([EVENT_COLUMNS.time, EVENT_COLUMNS.severity, EVENT_COLUMNS.message, EVENT_COLUMNS.device],
    {caption: 'Latest alerts', empty: 'No alert.', first: 6, key: eventKey});
  const basis = el('p', {class: 'note'});
  const today = daySection(app);
  const root = el('div', {},
    el('h1', {class: 'hidden'}, 'Overview'), tiles,
    el('section', {'aria-labelledby': 'o-where'}, el('h2', {id: 'o-where'}, 'Where they talk'), basis,
      el('div', {class: 'where'}, map, el('div', {class: 'bar-pair'}, countries, services)), paths),
    el('section', {'aria-labelledby': 'o-when'}, el('h2', {id: 'o-when'}, 'How much, in the last hour'), chart), today,
    el('section', {'aria-labelledby': 'o-alerts'}, el('h2', {id: 'o-alerts'}, 'Latest alerts'), alerts));

  function tile({value, name, view}) {
    return el('div', {class: 'tile'}, el('dd', {}, el('a', {href: makeRoute({view, filters: app.route.filters})}, value)),
      el('dt', {}, name));
  }

  root.update = () => {
    const {sensor} = app.route.filters;
    const rows = store.rowList(sensor).filter(isPhoningHome);
    const devices = store.deviceList(sensor);
    const reached = rows.filter((row) => row.established > 0);
    const tried = rows.filter((row) => row.established === 0);
    const alerted = store.alerts.filter((a) => !sensor || a.sensor === sensor);
    put(tiles, figures(devices, rows, alerted).map(tile));
    const sums = sumBy(rows, (r) => r.country);
    map.setSums(sums);
    countries.setSums(sums);
    services.setSums(sumBy(rows, (r) => r.service));
    const byPath = sumBy(reached, (r) => r.path || 'path not known');
    put(paths, byPath.map((sum) => `${sum.key}: ${bytes(sum.bytes_out)} sent`).join(' · '),
      tried.length > 0 ? ` · ${plural(tried.length, 'destination')} tried without an answer` : '');
    put(basis, reachBack(store));
    const {timeline, byPath: series} = store.timeline({sensor, last: HOUR_MS});
    chart.draw(timeline, series);
    alerts.setRows(alerted);
    today.update();
  };
  return root;
}
