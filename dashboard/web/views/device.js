// SPDX-License-Identifier: Apache-2.0
import {el, put} from '../lib/dom.js';
import {deviceDestinations, deviceFacts, deviceLists, evidenceOf} from '../lib/device.js';
import {EVENT_COLUMNS, eventKey} from '../lib/events.js';
import {makeRoute} from '../lib/route.js';
import {dataTable} from '../lib/table.js';
import {assetTag, bandTag} from '../lib/tags.js';
import {timelineChart} from '../lib/timeline.js';

export function deviceView(app) {
  const {id} = app.route;
  const title = el('h1', {}, 'Device');
  const facts = el('div', {});
  const known = el('div', {});
  const evidence = el('div', {});
  const chart = timelineChart();
  const history = dataTable([EVENT_COLUMNS.time, EVENT_COLUMNS.kind, EVENT_COLUMNS.message],
    {caption: 'History', first: 20, key: eventKey,
      empty: 'Nothing in the events that are still in Redis and loaded here.'});
  const content = el('div', {}, facts, known,
    el('section', {'aria-labelledby': 'd-when'}, el('h2', {id: 'd-when'}, 'When'), chart),
    evidence,
    el('section', {'aria-labelledby': 'd-history'}, el('h2', {id: 'd-history'}, 'History'), history));
  const missing = el('p', {class: 'empty'}, 'This device is not known here. It may have expired, or its sensor is not shown. ',
    el('a', {href: makeRoute({view: 'devices'})}, 'All devices'));
  const root = el('div', {}, title, missing);
  let drawn = '';

  root.update = () => {
    const device = app.store.device(id);
    if (!device) {
      return;
    }
    root.replaceChildren(title, content);
    put(title, device.label, ' ', bandTag(device.band, device.confidence), ' ',
      assetTag(device) ?? '');
    const rows = app.store.rowList(device.sensor).filter((row) => row.device_key === id);
    if (drawn !== device.told) { /* what can be copied or was unfolded stays as it is */
      put(facts, deviceFacts(device));
      put(evidence, deviceLists(device), evidenceOf(device));
      drawn = device.told;
    }
    put(known, deviceDestinations(rows));
    const {timeline, byPath} = app.store.timeline({device: id});
    chart.draw(timeline, byPath);
    history.setRows([...app.store.history, ...app.store.alerts].filter((e) =>
      e.sensor === device.sensor && e['camwatch.device.id'] === device.id)
      .sort((a, b) => (a['@timestamp'] < b['@timestamp'] ? 1 : -1)));
  };
  return root;
}
