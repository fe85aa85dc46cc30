// SPDX-License-Identifier: Apache-2.0
// The last day by the sensors' own count: sums that they keep in Redis by the hour and the minute. They
// reach back also where the stream of flows has long been trimmed.
import {barList} from '../lib/bars.js';
import {el} from '../lib/dom.js';
import {country} from '../lib/format.js';
import {makeRoute} from '../lib/route.js';
import {keyOf} from '../lib/store.js';
import {timelineChart} from '../lib/timeline.js';

const SHOWN = 6;
const MINUTE_MS = 60000;

/** Sums of several sensors by name, most first: [{key, bytes_out, bytes_in}]. */
function sumTops(sensors, what, nameOf) {
  const sums = new Map();
  for (const sensor of sensors) {
    for (const [name, bytes] of Object.entries(sensor.tops?.[what] ?? {})) {
      const key = nameOf(sensor, name);
      sums.set(key, (sums.get(key) ?? 0) + bytes);
    }
  }
  return [...sums].map(([key, bytes]) => ({key, bytes_out: bytes, bytes_in: 0})).sort((a, b) => b.bytes_out - a.bytes_out);
}

/** Minutes of several sensors as one series; those in which nothing was are zero. */
function series(sensors) {
  const minutes = sensors.flatMap((sensor) => sensor.minutes ?? []);
  const first = Math.min(...minutes.map((m) => m.minute));
  const steps = minutes.length === 0 ? 0 : Math.max(...minutes.map((m) => m.minute)) - first + 1;
  const sums = {out: Array(steps).fill(0), in: Array(steps).fill(0)};
  minutes.forEach((m) => {
    sums.out[m.minute - first] += m.bytes_out;
    sums.in[m.minute - first] += m.bytes_in;
  });
  return {timeline: {start: new Date(steps && first * MINUTE_MS).toISOString(), step_s: 60, steps}, sums};
}

/** An element with update(); hidden while no sensor has counted anything. */
export function daySection(app) {
  const go = (view, filters) => {
    location.hash = makeRoute({view, filters: {...app.route.filters, ...filters}});
  };
  const bars = (title, name, onSelect) => barList({title, name, first: SHOWN, empty: 'None.', onSelect,
    rest: (n) => `and ${n} more`});
  const lists = {
    countries: bars('Countries', country, (code) => go('destinations', {country: code})),
    services: bars('Services', (name) => name, (service) => go('destinations', {service})),
    devices: bars('Devices', (key) => app.store.device(key)?.label ?? key.slice(key.indexOf('/') + 1),
      (key) => { location.hash = makeRoute({view: 'device', id: key, filters: app.route.filters}); }),
  };
  const chart = timelineChart();
  const root = el('section', {'aria-labelledby': 'o-day'}, el('h2', {id: 'o-day'}, 'The last 24 hours'),
    el('p', {class: 'note'}, 'All bytes of devices, on the local network too, as the sensors count them. The picture '
      + 'shows the last 6 hours by the minute.'),
    el('div', {class: 'bar-three'}, Object.values(lists)), chart);
  root.update = () => {
    const {sensor: chosen} = app.route.filters;
    const sensors = [...app.store.sensors.values()].filter((s) => !chosen || s.name === chosen);
    const {timeline, sums} = series(sensors);
    root.hidden = timeline.steps === 0 && sensors.every((s) => Object.keys(s.tops?.devices ?? {}).length === 0);
    lists.countries.setSums(sumTops(sensors, 'countries', (_, name) => name));
    lists.services.setSums(sumTops(sensors, 'services', (_, name) => name));
    lists.devices.setSums(sumTops(sensors, 'devices', (sensor, id) => keyOf(sensor.name, id)));
    chart.draw(timeline, timeline.steps > 0 ? {'': sums} : {});
  };
  return root;
}
