// SPDX-License-Identifier: Apache-2.0
// The pictures in docs/, from the constructed demo capture.
//   CAMWATCH_PROGRAM=... node dashboard/test/pictures.mjs [GEO.mmdb...]
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openPage, program, root, withBrowser} from './browser.mjs';
import {fakeServer, readEvents} from './fake.mjs';

const folder = mkdtempSync(join(tmpdir(), 'camwatch-pictures-'));
const out = join(root, 'docs/pictures');
mkdirSync(out, {recursive: true});
execFileSync(program, ['replay', join(root, 'tests/golden/demo.pcap'), '--quiet', ...process.argv.slice(2).flatMap((geo) => ['--geo', geo]),
  '--report', join(folder, 'report.html'), '--json', join(folder, 'events.ndjson')]);
const server = await fakeServer(readEvents(join(folder, 'events.ndjson')));

/* What a sensor would have summed up of these flows. */
const flows = server.state.streams.flows;
const bytesOf = (e) => (e['camwatch.delta.bytes_out'] ?? 0) + (e['camwatch.delta.bytes_in'] ?? 0);
const topOf = (field) => {
  const sums = {};
  flows.filter((e) => e[field]).forEach((e) => { sums[e[field]] = (sums[e[field]] ?? 0) + bytesOf(e); });
  return sums;
};
server.state.tops = {countries: topOf('camwatch.peer.country'), services: topOf('camwatch.service.vendor'),
  devices: topOf('camwatch.device.id')};
const byMinute = new Map();
flows.forEach((e) => {
  const minute = Math.floor(Date.parse(e['@timestamp']) / 60000);
  byMinute.set(minute, [...byMinute.get(minute) ?? [], e]);
});
server.state.minutes = [...byMinute].map(([minute, list]) => ({minute, events: list.length, alerts: 0,
  bytes_out: list.reduce((sum, e) => sum + (e['camwatch.delta.bytes_out'] ?? 0), 0),
  bytes_in: list.reduce((sum, e) => sum + (e['camwatch.delta.bytes_in'] ?? 0), 0)}));

const PICTURES = [
  {name: 'report', url: `file://${folder}/report.html`, opens: true},
  {name: 'dashboard-light', url: `${server.url}#/overview`},
  {name: 'dashboard-dark', url: `${server.url}#/destinations`, colorScheme: 'dark'},
  {name: 'dashboard-phone', url: `${server.url}#/devices`, viewport: {width: 390, height: 844}},
];

await withBrowser({}, async (context) => {
  for (const {name, url, opens, colorScheme = 'light', viewport = {width: 1200, height: 860}} of PICTURES) {
    const {page} = await openPage(context, url);
    await page.setViewportSize(viewport);
    await page.emulateMedia({colorScheme});
    if (opens) {
      await page.locator('.device summary').nth(1).click();
    }
    await page.waitForTimeout(1000);
    await page.mouse.move(0, 0);
    await page.screenshot({path: join(out, `${name}.png`)});
    await page.close();
  }
});
await server.close();
rmSync(folder, {recursive: true, force: true});
