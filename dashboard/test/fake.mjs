// SPDX-License-Identifier: Apache-2.0
// A stand-in for the dashboard server, for tests of the page alone: the same answers, out of NDJSON that
// camwatch wrote, and a way to say what happens next.
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {extname, join} from 'node:path';
import {root} from './browser.mjs';

const TYPES = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8'};
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const STREAMS = {alerts: /-alert$/, devices: /^device-/, flows: /^flow-/, stats: /^sensor-stats$/};

const streamOf = (event) => Object.keys(STREAMS).find((name) => STREAMS[name].test(event['event.action']));

export function readEvents(path) {
  return readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
}

/** {url, push(event), state: {away, deaf: takes no listener, sensors}, close()} */
export async function fakeServer(events, sensor = 'demo') {
  const state = {away: false, deaf: false, streams: {alerts: [], devices: [], flows: [], stats: []}, sensors: [sensor], tops: {}, minutes: []};
  const listeners = new Set();
  let next = 1;
  const store = (event) => {
    const entry = {id: `${1700000000000 + next++}-0`, ...event};
    state.streams[streamOf(event)].push(entry);
    return entry;
  };
  events.forEach(store);

  const devices = () => {
    const latest = new Map();
    state.streams.devices.forEach(({id, ...record}) => latest.set(record['camwatch.device.id'], record));
    return [...latest.values()];
  };
  const answers = {
    '/api/sensors': () => ({sensors: state.sensors.map((name) => ({name, stale: false,
      heartbeat: state.streams.stats.at(-1) ?? {}})), complete: true}),
    '/api/state': () => ({sensor, live: '0', stats: state.streams.stats.at(-1) ?? {}, tops: state.tops, minutes: state.minutes, devices: devices(),
      total: devices().length, offset: 0, next: null,
      streams: Object.fromEntries(Object.entries(state.streams).map(([name, list]) =>
        [name, {length: list.length, last_id: list.at(-1)?.id ?? ''}]))}),
    '/api/events': (query) => {
      const all = state.streams[query.get('stream')];
      const end = query.has('before') ? all.findIndex((e) => e.id === query.get('before')) : all.length;
      return {sensor, stream: query.get('stream'), events: all.slice(Math.max(0, end - Number(query.get('count'))), end)};
    },
  };

  function live(response) {
    if (state.deaf) {
      response.destroy();
      return;
    }
    response.writeHead(200, {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store'});
    response.write('retry: 300\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/api/live') {
      live(response);
    } else if (answers[url.pathname]) {
      const body = state.away ? {error: 'Redis is away', what_to_do: 'see that the server runs'} : answers[url.pathname](url.searchParams);
      response.writeHead(state.away ? 503 : 200, {'Content-Type': 'application/json'}).end(JSON.stringify(body));
    } else {
      const name = url.pathname === '/' ? '/index.html' : url.pathname;
      try {
        const body = readFileSync(join(root, 'dashboard/dist', name));
        response.writeHead(200, {'Content-Type': TYPES[extname(name)] ?? 'text/plain', 'Content-Security-Policy': POLICY}).end(body);
      } catch {
        response.writeHead(404).end();
      }
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const send = (name, data) => listeners.forEach((response) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    state,
    send,
    push: (event) => send(streamOf(event), {sensor, ...store(event)}),
    drop: () => listeners.forEach((response) => response.destroy()),
    close: () => {
      listeners.forEach((response) => response.destroy());
      return new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
