// SPDX-License-Identifier: Apache-2.0
// The live page in a real browser, before a server that answers as camwatch dashboard does.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, afterEach, before, beforeEach, test} from 'node:test';
import {comes, comesToCount, openPage, program, root, seriousFindings, shoot, tellTime, withBrowser} from './browser.mjs';
import {fakeServer, readEvents} from './fake.mjs';

const folder = mkdtempSync(join(tmpdir(), 'camwatch-app-'));
let events;
let server;

before(() => {
  const file = join(folder, 'events.ndjson');
  execFileSync(program, ['replay', join(root, 'tests/golden/demo.pcap'), '--quiet', '--json', file]);
  events = readEvents(file);
});
after(() => rmSync(folder, {recursive: true, force: true}));
beforeEach(async () => { server = await fakeServer(events); });
afterEach(() => server.close());

const of = (action) => events.filter((event) => action.test(event['event.action']));
const devices = () => [...new Set(of(/^device-/).map((e) => e['camwatch.device.id']))];

/* A page on a view once it is live. */
async function open(context, view) {
  const opened = await openPage(context, `${server.url}#/${view}`);
  await opened.page.locator('.link-state.live').waitFor();
  return opened;
}

/* Another view: the browser tells the page later that its address is another one. The title is set, and the view
   drawn, at one go. */
async function visit(page, view) {
  const name = view.split('/')[0];
  await page.evaluate((hash) => { location.hash = hash; }, `#/${view}`);
  await page.waitForFunction((word) => document.title === `${word} · camwatch`, `${name[0].toUpperCase()}${name.slice(1)}`);
}

/* All that the server has sent up to now is drawn: events arrive one after the other, and this one comes last. */
async function isDrawn(page) {
  const id = `mac:last-${++isDrawn.n}`;
  server.push({...of(/^device-new$/)[0], 'event.id': id, 'camwatch.device.id': id, '@timestamp': '2026-03-02T11:00:00.000000000Z'});
  await page.locator(`tbody tr[data-key="demo/${id}"]`).waitFor();
}
isDrawn.n = 0;

const withPage = (view, run) => withBrowser({}, async (context) => {
  const {page, problems} = await open(context, view);
  await run(page, problems);
});

test('every view shows the numbers that the server has', () => withPage('overview', async (page, problems) => {
  const tile = (name) => page.locator('.tile', {hasText: name}).locator('dd').textContent();
  assert.equal(await tile('surveillance devices'), String(devices().length));
  assert.equal(await tile('alerts'), String(of(/-alert$/).filter((e) => !['updated', 'closed'].includes(e['camwatch.alert.state'])).length));
  await visit(page, 'devices');
  await comesToCount(page.locator('tbody tr'), devices().length);
  await visit(page, 'alerts');
  await comesToCount(page.locator('tbody tr'), of(/-alert$/).length);
  await visit(page, 'sensors');
  const frames = of(/^sensor-stats$/).at(-1)['camwatch.stats.packets'];
  await comes(async () => assert.match(await page.locator('.card').textContent(), new RegExp(`Frames${frames}`)));
  assert.deepEqual(problems, []);
}));

test('an alert that goes on and closes counts once, and says so', () => withPage('overview', async (page) => {
  const tile = page.locator('.tile', {hasText: 'alerts'}).locator('dd');
  const [alert] = of(/^policy-alert$/);
  const before = Number(await tile.textContent());
  server.push({...alert, 'event.id': 'a1', 'camwatch.alert.state': 'open', message: 'it opens', '@timestamp': '2026-03-02T10:00:00.000000000Z'});
  server.push({...alert, 'event.id': 'a2', 'camwatch.alert.state': 'updated', message: 'it goes on', '@timestamp': '2026-03-02T10:00:01.000000000Z'});
  server.push({...alert, 'event.id': 'a3', 'camwatch.alert.state': 'closed', message: 'it is closed', '@timestamp': '2026-03-02T10:00:02.000000000Z'});
  await page.locator('tbody tr', {hasText: 'it is closed'}).waitFor();
  assert.equal(Number(await tile.textContent()), before + 1);
  await visit(page, 'alerts');
  const row = (text) => page.locator('tbody tr', {hasText: text}).locator('td[data-title="State"]').textContent();
  assert.deepEqual([await row('it opens'), await row('it goes on'), await row('it is closed')], ['open', 'goes on', 'closed']);
}));

test('devices that are not as the list of assets says can be seen and filtered', () => withPage('devices', async (page, problems) => {
  const check = page.getByLabel('not as your list of assets says');
  await comesToCount(page.locator('tbody tr'), devices().length);
  assert.equal(await check.isVisible(), false);
  const [first, second] = of(/^device-new$/);
  const told = (event, status) => server.push({...event, 'event.id': `asset-${status}`, 'camwatch.device.asset.status': status,
    '@timestamp': '2026-03-02T10:00:00.000000000Z'});
  told(first, 'not-sanctioned');
  told(second, 'listed');
  await isDrawn(page);
  await comesToCount(page.locator('tbody .tag.asset'), 1);
  await check.check();
  await comesToCount(page.locator('tbody tr'), 1);
  assert.match(await page.locator('tbody tr').textContent(), /not sanctioned/);
  assert.match(page.url(), /off=1/);
  assert.deepEqual(problems, []);
}));

test('the last day is what the sensor has summed up', async () => {
  const [id] = devices();
  server.state.tops = {countries: {CN: 5000, SG: 2000}, services: {'Dahua group': 7000}, devices: {[id]: 7000}};
  server.state.minutes = [{minute: 29540000, events: 3, alerts: 0, bytes_out: 4000, bytes_in: 1000},
    {minute: 29540059, events: 3, alerts: 0, bytes_out: 2000, bytes_in: 0}];
  await withPage('overview', async (page) => {
    const day = page.locator('section', {hasText: 'The last 24 hours'});
    assert.deepEqual(await day.locator('.bar-box', {hasText: 'Countries'}).locator('.bar-row').allInnerTexts(),
      ['China\n5.0 kB', 'Singapore\n2.0 kB']);
    assert.match(await day.locator('.timeline').getAttribute('aria-label'), /in steps of 60 s: .*6\.0 kB sent, 1\.0 kB received/);
    await day.locator('.bar-box', {hasText: 'Devices'}).locator('.bar-row').click();
    await page.locator('h1', {hasText: of(/^device-/).find((e) => e['camwatch.device.id'] === id)['camwatch.device.model']}).waitFor();
  });
});

test('without sums there is no last day', () => withPage('overview', async (page) => {
  assert.equal(await page.locator('section', {hasText: 'The last 24 hours'}).isVisible(), false);
}));

test('the tag of an export control says that it is no ban', () => withPage('devices', async (page) => {
  const tags = await page.locator('tbody .tag.list', {hasText: 'us-bis-entity-list'}).allInnerTexts();
  assert.ok(tags.length > 0 && tags.every((text) => /no ban/.test(text)), tags.join());
}));

test('bytes are the sum of the deltas, whatever comes twice', () => withPage('devices', async (page) => {
  const id = devices().find((one) => of(/^flow-/).some((e) => e['camwatch.device.id'] === one
    && e['camwatch.path'] === 'p2p-direct'));
  const told = of(/^flow-/).filter((e) => e['camwatch.device.id'] === id && e['camwatch.path'] !== 'lan'
    && !['answered', 'nxdomain', 'sinkholed'].includes(e['camwatch.outcome']))
    .reduce((sum, e) => sum + (e['camwatch.delta.bytes_out'] ?? 0), 0);
  const row = page.locator(`tbody tr[data-key="demo/${id}"]`);
  const shown = `${Math.round(told / 1000)} kB`;
  assert.equal(await row.locator('td[data-title="Sent"]').textContent(), shown);
  server.state.streams.flows.forEach((event) => server.send('flows', {sensor: 'demo', ...event}));
  await isDrawn(page);
  assert.equal(await row.locator('td[data-title="Sent"]').textContent(), shown);
}));

test('a flow that becomes known better moves to its new row with all its bytes', () => withPage('destinations', async (page) => {
  const [flow] = of(/^flow-update$/);
  const first = {...flow, 'camwatch.flow.id': 'new', 'camwatch.path': 'cloud', 'network.direction': 'outbound', 'camwatch.peer.port': 9999,
    'camwatch.delta.bytes_out': 1000, 'camwatch.delta.bytes_in': 0, '@timestamp': '2026-03-02T10:00:00.000000000Z'};
  server.push({...first, 'camwatch.service.vendor': undefined, 'camwatch.service.platform': undefined});
  const rows = page.locator('tbody tr', {hasText: ':9999'});
  await rows.filter({hasText: 'not explained'}).waitFor();
  server.push({...first, 'camwatch.service.vendor': 'Somebody', '@timestamp': '2026-03-02T10:00:01.000000000Z'});
  await rows.filter({hasText: 'Somebody'}).waitFor();
  assert.equal(await rows.count(), 1);
  assert.equal(await rows.locator('td[data-title="Sent"]').textContent(), '2.0 kB');
  assert.equal(await rows.locator('td[data-title="Flows"]').textContent(), '1');
}));

test('an event is on the page at once', (t) => withPage('events', async (page) => {
  const [alert] = of(/^policy-alert$/);
  const began = Date.now();
  server.push({...alert, message: 'something new', '@timestamp': '2026-03-02T10:00:00.000000000Z'});
  await page.locator('tbody tr', {hasText: 'something new'}).waitFor();
  tellTime(t, 'from the event to the page (meant: 1 s)', began);
}));

test('the feed pauses, counts what is new, and goes on', () => withPage('events', async (page) => {
  const [alert] = of(/^policy-alert$/);
  await page.getByRole('button', {name: 'Pause'}).click();
  server.push({...alert, message: 'while paused', '@timestamp': '2026-03-02T10:00:00.000000000Z'});
  await page.locator('text=paused; 1 new').waitFor();
  assert.equal(await page.locator('tbody tr', {hasText: 'while paused'}).count(), 0);
  await page.getByRole('button', {name: 'Go on'}).click();
  await page.locator('tbody tr', {hasText: 'while paused'}).waitFor();
}));

test('what no monitor handled stands among the losses', () => withPage('sensors', async (page) => {
  server.push({...of(/^sensor-stats$/).at(-1), 'camwatch.stats.interface_drops': 7001, 'camwatch.stats.process_losses': 5002,
    '@timestamp': '2026-03-02T10:00:00.000000000Z'});
  for (const [reason, number] of [['interface', '7,001'], ['with a process that ended', '5,002']]) {
    const row = page.locator('tbody tr', {hasText: number});
    await row.waitFor();
    assert.equal(await row.locator('td[data-title="Reason"]').textContent(), reason);
  }
}));

test('the connection is lost and found again', () => withPage('overview', async (page) => {
  server.state.deaf = true; /* until it was seen that the connection is lost */
  server.drop();
  await page.locator('.link-state.lost').waitFor();
  server.state.deaf = false;
  await page.locator('.link-state.live').waitFor();
}));

test('Redis away says what to do, and goes when it is back', () => withPage('overview', async (page) => {
  server.send('redis-away', {error: 'Redis does not answer', what_to_do: 'see that the server runs'});
  await page.locator('.banner', {hasText: 'Redis does not answer see that the server runs'}).waitFor();
  await shoot(page, 'app-redis-away');
  server.send('redis-back', {});
  await page.locator('.banner').waitFor({state: 'hidden'});
}));

test('a gap in the events stands above every view', () => withPage('overview', async (page) => {
  server.send('gap', {sensor: 'demo', stream: 'flows', reason: 'trimmed', after: '1-0', before: '9-0'});
  await page.locator('.health', {hasText: '1 gaps in the events'}).waitFor();
  await visit(page, 'sensors');
  assert.match(await page.locator('.card').textContent(), /Events of flows between 1-0 and 9-0 had left Redis/);
}));

test('an empty Redis says how to begin', () => withBrowser({}, async (context) => {
  server.state.sensors = [];
  const {page} = await openPage(context, `${server.url}#/sensors`);
  await page.locator('text=Redis has no sensor yet').waitFor();
  assert.deepEqual(await seriousFindings(page), []);
}));

test('a server without Redis says so, and the page begins when it is there', () => withBrowser({}, async (context) => {
  server.state.away = true;
  const {page} = await openPage(context, server.url);
  await page.locator('.banner', {hasText: 'Redis is away'}).waitFor();
  server.state.away = false;
  await page.locator('.link-state.live').waitFor();
  await page.locator('.banner').waitFor({state: 'hidden'});
}));

test('filters are in the URL, and come back from it', () => withPage('devices', async (page) => {
  await page.getByLabel('Search').fill('imou');
  await page.getByLabel('maker on a ban list').check();
  await comesToCount(page.locator('tbody tr'), 1);
  const url = await page.evaluate(() => location.href);
  assert.match(url, /q=imou/);
  assert.match(url, /listed=1/);
  await page.goto('about:blank');
  await page.goto(url);
  await page.locator('.link-state.live').waitFor();
  await comesToCount(page.locator('tbody tr'), 1);
  assert.equal(await page.getByLabel('Search').inputValue(), 'imou');
}));

test('a device is reached and read by keyboard, and keeps the focus while rows change', () => withPage('devices', async (page) => {
  const link = page.locator('tbody a').first();
  await link.focus();
  const href = await link.getAttribute('href');
  const [flow] = of(/^flow-update$/);
  server.push({...flow, '@timestamp': '2026-03-02T09:05:00.000000000Z'});
  await isDrawn(page);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), href);
  await page.keyboard.press('Enter');
  await page.locator('h1', {hasText: /camera/}).waitFor();
  await comes(async () => assert.match(await page.locator('main').textContent(), /Evidence, the strongest first/));
}));

test('serial numbers are cut until they are asked for', () => withPage('devices', async (page) => {
  const {'camwatch.device.id': id, 'camwatch.device.serial': serial} = of(/^device-/).find((e) => e['camwatch.device.serial']);
  await page.goto(`${server.url}#/device/${encodeURIComponent(`demo/${id}`)}`);
  await page.getByRole('button', {name: 'Show', exact: true}).waitFor();
  assert.ok(!(await page.locator('main').textContent()).includes(serial));
  await page.getByRole('button', {name: 'Show', exact: true}).click();
  await comes(async () => assert.ok((await page.locator('main').textContent()).includes(serial)));
}));

test('hostile names are shown, and do nothing', () => withPage('events', async (page, problems) => {
  page.on('dialog', () => problems.push('a dialog'));
  const [device] = of(/^device-new$/);
  const [flow] = of(/^flow-update$/);
  const evil = '<img src=x onerror=alert(1)>\u202egpj\u0000';
  server.push({...device, 'camwatch.device.id': `mac:${evil}`, 'camwatch.device.model': evil, message: evil,
    '@timestamp': '2026-03-02T10:00:00.000000000Z'});
  server.push({...flow, 'camwatch.peer.domain': evil, 'camwatch.service.vendor': evil, 'camwatch.path': 'cloud',
    'network.direction': 'outbound', '@timestamp': '2026-03-02T10:00:01.000000000Z'});
  await page.locator('tbody tr', {hasText: '<img src=x onerror=alert(1)><U+202E>gpj<U+0000>'}).waitFor();
  for (const view of ['overview', 'devices', 'destinations', 'alerts', `device/${encodeURIComponent(`demo/mac:${evil}`)}`]) {
    await visit(page, view);
    assert.equal(await page.locator('img').count(), 0);
    assert.doesNotMatch(await page.evaluate(() => document.body.innerText), /[\u202a-\u202e]/);
  }
  assert.deepEqual(problems, []);
}));

test('1,000 devices are there at once, and 500 events a second leave the page at hand', (t) => withBrowser({}, async (context) => {
  const [device] = of(/^device-new$/);
  const [flow] = of(/^flow-update$/);
  await server.close();
  server = await fakeServer(Array.from({length: 1000}, (_, i) => ({...device, 'camwatch.device.id': `mac:${i}`,
    'camwatch.device.ip': [`10.0.${i >> 8}.${i & 255}`]})));
  const began = Date.now();
  const {page, problems} = await openPage(context, `${server.url}#/devices`);
  await page.locator('text=50 of 1,000 rows').waitFor();
  tellTime(t, '1,000 devices on the page (meant: 5 s)', began);
  await page.locator('.link-state.live').waitFor();
  let n = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < 50; i++, n++) {
      server.push({...flow, 'event.id': `e${n}`, 'camwatch.flow.id': `f${n % 400}`, 'camwatch.device.id': `mac:${n % 1000}`,
        '@timestamp': new Date(1772445600000 + n * 2).toISOString()});
    }
  }, 100);
  await page.evaluate(() => {
    window.busy = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((task) => { window.busy += task.duration; }))
      .observe({type: 'longtask'});
  });
  const started = Date.now();
  await comes(async () => assert.ok(n >= 2000, `only ${n} events were sent`));
  await page.getByRole('button', {name: 'Address'}).click();
  await page.locator('th[aria-sort="ascending"]', {hasText: 'Address'}).waitFor();
  const share = await page.evaluate(() => window.busy) / (Date.now() - started);
  clearInterval(timer);
  const told = `${n} events in ${Date.now() - started} ms: ${Math.round(100 * share)} % of the time the page could not answer`;
  t.diagnostic(told);
  assert.ok(share < 0.95, told);
  assert.deepEqual(problems, []);
}));

for (const theme of ['light', 'dark']) {
  test(`has no serious accessibility finding in any view (${theme}), and fits a phone`, () => withPage('overview', async (page) => {
    await page.emulateMedia({colorScheme: theme});
    const device = encodeURIComponent(`demo/${devices()[0]}`);
    for (const view of ['overview', 'devices', 'destinations', 'alerts', 'events', 'sensors', `device/${device}`]) {
      await visit(page, view);
      assert.deepEqual(await seriousFindings(page), [], view);
      const name = `app-${view.split('/')[0]}`;
      await shoot(page, `${name}-${theme}`, {fullPage: true});
      await page.setViewportSize({width: 390, height: 844});
      await comes(async () => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, view));
      await shoot(page, `${name}-phone`, {fullPage: true});
      await page.setViewportSize({width: 1280, height: 900});
    }
  }));
}
