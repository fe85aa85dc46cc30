// SPDX-License-Identifier: Apache-2.0
// What the page knows: the data model of the report (model.js), made out of events. Everything is
// bounded: the oldest goes first, and what is shown says how far back it reaches.
import LISTS from 'camwatch:lists';
import {labelDevices} from './model.js';
import {evidenceWord} from './words.js';

const MAX_SAMPLES = 100000;
const MAX_FLOWS = 50000;
const MAX_ROWS = 20000;
const MAX_EVENTS = 2000;
const MAX_STEPS = 240;
const UPDATE_MS = 60000;

const DEVICE = 'camwatch.device.';
const list = (value) => (Array.isArray(value) ? value : value ? [value] : []);

/** "identity:90:SADP answer:wire/hikvision-sadp:67" in its parts. */
export function parseEvidence(text) {
  const match = /^([^:]*):(\d+):(.*):(\d*)$/s.exec(text);
  if (!match) {
    return {kind: text, points: 0};
  }
  const [, kind, points, middle, frame] = match;
  const cut = /^(.*?):((?:rules|wire|local)\/.*)$/s.exec(middle);
  return {kind, word: evidenceWord(kind), points: Number(points), seen: cut ? cut[1] : middle, rule: cut?.[2], frame: Number(frame) || undefined};
}

function titleOf(e) {
  const kind = e[`${DEVICE}kind`];
  return [e[`${DEVICE}brand`], kind && kind !== 'unknown' ? kind : 'device', e[`${DEVICE}model`]]
    .filter(Boolean).join(' ');
}

export const keyOf = (sensor, id) => `${sensor}/${id}`;

const captureOf = (e) => e['camwatch.capture.file']?.split('/').pop();

/** A device of the model out of a record or an event of it. */
export function deviceOf(e, sensor) {
  const field = (name) => e[`${DEVICE}${name}`];
  const names = ['id', 'brand', 'maker', 'maker_confidence', 'owner', 'model', 'firmware', 'name', 'mac', 'kind',
    'scope', 'serial'];
  const device = Object.fromEntries(names.map((name) => [name, field(name)]));
  return {
    ...device,
    sensor,
    key: keyOf(sensor, field('id')),
    title: titleOf(e),
    addresses: list(field('ip')),
    asset_name: field('asset.name'),
    asset_site: field('asset.site'),
    asset_status: field('asset.status'),
    band: e['camwatch.band'],
    confidence: e['camwatch.confidence'] ?? 0,
    first_seen: e['event.start'] ?? e['@timestamp'],
    last_seen: e['event.end'] ?? e['@timestamp'],
    is_gone: e['event.action'] === 'device-gone',
    lists: list(field('lists')).map((name) => ({list: name, ...LISTS[name]})),
    evidence: list(e['camwatch.evidence']).map((text) => ({...parseEvidence(text), file: captureOf(e)})),
    told: e['@timestamp'],
    wireshark: field('mac') ? `eth.addr == ${field('mac').replaceAll('-', ':').toLowerCase()}` : undefined,
  };
}

const COUNTS = {established: 'established', attempted: 'attempted', refused: 'refused', answered: 'looked_up',
  nxdomain: 'blocked', sinkholed: 'blocked'};

/** The word for a row, as host/group.c has it. */
function wordOf(row) {
  if (row.established > 0) {
    return row.streaming > 0 ? 'streams' : 'talks';
  }
  if (row.looked_up > 0) {
    return row.looked_up > row.blocked ? 'name asked' : 'name blocked';
  }
  return row.refused > 0 ? 'tries, refused' : row.attempted > 0 ? 'tries' : 'one way';
}

function serviceOf(e) {
  const vendor = e['camwatch.service.vendor'];
  const platform = e['camwatch.service.platform'];
  return vendor && platform && vendor !== platform ? `${vendor} (${platform})` : vendor ?? platform;
}

function newRow(e, sensor, key) {
  const isSource = e['camwatch.local.ip'] === e['source.ip'];
  const far = isSource ? 'destination' : 'source';
  return {
    key, sensor,
    device_key: e[`${DEVICE}id`] ? keyOf(sensor, e[`${DEVICE}id`]) : undefined,
    local: e['camwatch.local.ip'], service: serviceOf(e), role: e['camwatch.service.role'],
    peer: e['camwatch.peer.domain'], ip: e['camwatch.peer.ip'], port: String(e['camwatch.peer.port'] ?? ''),
    transport: e['network.transport'], protocol: e['network.protocol'],
    country: e['camwatch.peer.country'], asn: e['camwatch.peer.asn'],
    as_org: e[`${far}.as.organization.name`],
    path: e['camwatch.path'] ?? '', direction: e['network.direction'], explained: Boolean(serviceOf(e)),
    bytes_out: 0, bytes_in: 0, flows: 0, established: 0, attempted: 0, refused: 0, looked_up: 0, blocked: 0,
    streaming: 0, first_seen: e['@timestamp'], last_seen: e['@timestamp'], outcome: '',
  };
}

function rowKey(e, sensor) {
  return [sensor, e[`${DEVICE}id`] ?? e['camwatch.local.ip'], serviceOf(e), e['camwatch.service.role'],
    e['camwatch.peer.domain'] ?? e['camwatch.peer.ip'], e['camwatch.peer.port'], e['network.transport'],
    e['network.protocol'], e['camwatch.peer.country'], e['camwatch.path']].join('\u0000');
}

export class Store {
  constructor() {
    this.devices = new Map();
    this.rows = new Map();
    this.flows = new Map();
    this.samples = []; /* {time, since, out, in, path, device} */
    this.events = []; /* the newest first */
    this.alerts = [];
    this.history = []; /* events of devices */
    this.sensors = new Map(); /* name -> {name, stats, stale, streams} */
    this.gaps = [];
    this.seen = new Set();
    this.version = 0;
  }

  putSensor(name, facts) {
    this.sensors.set(name, {name, ...this.sensors.get(name), ...facts});
    this.version++;
  }

  putState(sensor, state) {
    this.putSensor(sensor, {stats: state.stats, streams: state.streams, tops: state.tops, minutes: state.minutes});
    state.devices.forEach((record) => this.putDevice(record, sensor));
  }

  putDevice(e, sensor) {
    const id = e[`${DEVICE}id`];
    const old = this.devices.get(keyOf(sensor, id));
    const device = deviceOf(e, sensor);
    if (!id || (old && old.told > device.told)) {
      return;
    }
    device.first_seen = old && old.first_seen < device.first_seen ? old.first_seen : device.first_seen;
    device.last_seen = old && old.last_seen > device.last_seen ? old.last_seen : device.last_seen;
    this.devices.set(device.key, device);
    this.version++;
  }

  /* Labels depend on all devices: they are given when somebody looks. */
  label() {
    if (this.labelled !== this.version) {
      labelDevices([...this.devices.values()]);
      this.labelled = this.version;
    }
  }

  /** An event of a stream; isOld: fetched from behind, not news. Each counts once. */
  putEvent(stream, e, sensor, isOld = false) {
    const id = `${sensor} ${stream} ${e.id ?? e['event.id']}`;
    if (this.seen.has(id)) {
      return;
    }
    this.remember(id);
    this.version++;
    const item = {...e, stream, sensor};
    if (stream === 'stats') {
      this.putStats(e, sensor);
    } else if (stream === 'devices') {
      this.putDevice(e, sensor);
      this.insert(this.history, item, isOld);
    } else if (stream === 'alerts') {
      this.insert(this.alerts, item, isOld);
    } else {
      this.putFlow(e, sensor);
    }
    this.insert(this.events, item, isOld);
  }

  putStats(e, sensor) {
    const old = this.sensors.get(sensor)?.stats;
    if (!old?.['@timestamp'] || old['@timestamp'] <= e['@timestamp']) {
      this.putSensor(sensor, {stats: e, stale: false, heard: Date.now()});
    }
  }

  /** Events fetched from behind. */
  putOld(stream, events, sensor) {
    events.forEach((event) => this.putEvent(stream, event, sensor, true));
    for (const items of [this.events, this.alerts, this.history]) {
      items.sort((a, b) => (a['@timestamp'] < b['@timestamp'] ? 1 : -1));
      items.length = Math.min(items.length, MAX_EVENTS);
    }
  }

  insert(into, item, isOld) {
    if (isOld) {
      into.push(item); /* put in order by putOld */
    } else {
      into.unshift(item);
      into.length = Math.min(into.length, MAX_EVENTS);
    }
  }

  remember(id) {
    this.seen.add(id);
    if (this.seen.size > 2 * MAX_SAMPLES) {
      const [oldest] = this.seen;
      this.seen.delete(oldest);
    }
  }

  putFlow(e, sensor) {
    const key = rowKey(e, sensor);
    const id = `${sensor} ${e['camwatch.flow.id']} ${e['event.start']}`;
    const flow = this.flows.get(id) ?? {out: 0, in: 0, time: '', isStreaming: false};
    const received = e['camwatch.delta.bytes_in'] ?? 0;
    const out = e['camwatch.delta.bytes_out'] ?? 0;
    this.take(flow);
    flow.out += out;
    flow.in += received;
    if (flow.time <= e['@timestamp']) { /* what is known of it last is what it is */
      flow.row = this.rows.get(key) ?? newRow(e, sensor, key);
      flow.time = e['@timestamp'];
      flow.outcome = COUNTS[e['camwatch.outcome']];
      flow.isStreaming ||= e['camwatch.activity'] === 'streaming';
    }
    this.give(flow, e['@timestamp']);
    this.keepFlow(id, flow);
    this.touch(flow.row.device_key, e['@timestamp']);
    this.putSample(e, sensor, flow.row, out, received);
  }

  /* A flow is in one row, with all its bytes, also when it becomes known better. */
  take(flow) {
    if (flow.row) {
      count(flow, -1);
      if (flow.row.flows === 0) {
        this.rows.delete(flow.row.key);
      }
    }
  }

  give(flow, time) {
    const {row} = flow;
    count(flow, 1);
    row.first_seen = time < row.first_seen ? time : row.first_seen;
    row.last_seen = time > row.last_seen ? time : row.last_seen;
    this.rows.set(row.key, row);
    if (this.rows.size > MAX_ROWS) {
      this.rows.delete(this.rows.keys().next().value);
    }
  }

  keepFlow(id, flow) {
    this.flows.delete(id);
    this.flows.set(id, flow);
    if (this.flows.size > MAX_FLOWS) {
      this.flows.delete(this.flows.keys().next().value); /* its bytes stay where they are */
    }
  }

  touch(key, time) {
    const device = this.devices.get(key);
    if (device && device.last_seen < time) {
      device.last_seen = time;
    }
  }

  putSample(e, sensor, row, out, received) {
    const time = Date.parse(e['@timestamp']);
    const start = Date.parse(e['event.start'] ?? e['@timestamp']);
    if (out + received > 0) {
      this.samples.push({time, since: Math.max(start, time - UPDATE_MS), out, in: received, path: row.path,
        device: row.device_key, sensor});
    }
    if (this.samples.length > MAX_SAMPLES) {
      this.samples.sort((a, b) => a.time - b.time);
      this.samples.splice(0, MAX_SAMPLES / 10);
    }
  }

  device(key) {
    this.label();
    return this.devices.get(key);
  }

  /** Rows with their device, of one sensor or all. */
  rowList(sensor) {
    this.label();
    return [...this.rows.values()].filter((row) => !sensor || row.sensor === sensor)
      .map((row) => Object.assign(row, {owner: this.devices.get(row.device_key)}));
  }

  deviceList(sensor) {
    this.label();
    return [...this.devices.values()].filter((device) => !sensor || device.sensor === sensor);
  }

  /** The timeline of the model, over the last so many ms (0: all that is known). */
  timeline({sensor, device, last = 0}) {
    const samples = this.samples.filter((s) => (!sensor || s.sensor === sensor) && (!device || s.device === device));
    const end = samples.reduce((max, s) => Math.max(max, s.time), 0);
    const first = samples.reduce((min, s) => Math.min(min, s.since), end);
    const from = last > 0 ? Math.max(first, end - last) : first;
    let step = 1000;
    while ((end - from) / step >= MAX_STEPS) {
      step *= 2;
    }
    const start = Math.floor(from / step) * step;
    const steps = samples.length === 0 ? 0 : Math.floor((end - start) / step) + 1;
    const byPath = {};
    samples.filter((s) => s.time >= start).forEach((s) => spread(byPath, s, start, step, steps));
    return {timeline: {start: new Date(start).toISOString(), step_s: step / 1000, steps}, byPath};
  }
}

function count(flow, n) {
  flow.row.flows += n;
  flow.row.bytes_out += n * flow.out;
  flow.row.bytes_in += n * flow.in;
  if (flow.outcome) {
    flow.row[flow.outcome] += n;
    flow.row.looked_up += flow.outcome === 'blocked' ? n : 0;
  }
  flow.row.streaming += flow.isStreaming ? n : 0;
  flow.row.outcome = wordOf(flow.row);
}

function spread(byPath, sample, start, step, steps) {
  const series = byPath[sample.path] ??= {out: Array(steps).fill(0), in: Array(steps).fill(0)};
  const last = Math.floor((sample.time - start) / step);
  const first = Math.max(0, Math.floor((sample.since - start) / step));
  const n = last - first + 1;
  for (let i = first; i <= last; i++) {
    series.out[i] += sample.out / n;
    series.in[i] += sample.in / n;
  }
}
