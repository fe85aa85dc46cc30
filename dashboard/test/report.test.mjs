// SPDX-License-Identifier: Apache-2.0
// The report in a real browser, from the file system, without a network.
//   CAMWATCH_PROGRAM=build/release/host/camwatch node --test dashboard/test/
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {comes, comesToCount, openPage, program, root, screens, seriousFindings, shoot, withBrowser} from './browser.mjs';

const folder = mkdtempSync(join(tmpdir(), 'camwatch-report-'));
const file = join(folder, 'report.html');
let model;

before(() => {
  execFileSync(program, ['replay', join(root, 'tests/golden/demo.pcap'), '--quiet', '--report', file,
    '--report', join(folder, 'report.json')]);
  model = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
});
after(() => rmSync(folder, {recursive: true, force: true}));

const alone = (run) => withBrowser({offline: true}, run);

/* The first device, opened: its inside is made once the browser has told the page that it is open. */
async function openFirst(page, act = (summary) => summary.click()) {
  await act(page.locator('.device summary').first());
  const body = page.locator('.device-body').first();
  await body.waitFor();
  return body;
}

/* The page with other data in it, as a hostile capture would make them. */
function pageWith(change) {
  const page = readFileSync(file, 'utf8');
  const other = structuredClone(model);
  change(other);
  const data = JSON.stringify(other).replaceAll('<', '\\u003c');
  const path = join(folder, 'other.html');
  writeFileSync(path, page.replace(/(<script type="application\/json" id="data">).*?(<\/script>)/s,
    (_, start, end) => start + data + end));
  return `file://${path}`;
}

test('shows what the data say, with nothing to complain of', () => alone(async (context) => {
  const {page, problems} = await openPage(context, `file://${file}`);
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.reload();
  await comesToCount(page.locator('.device'), model.devices.length);
  assert.equal(await page.locator('.findings').textContent(), model.findings.join(' '));
  const outside = model.conversations.filter((row) => row.path !== 'lan' && row.direction !== 'internal');
  const rows = page.locator('#destinations .data-table tbody tr');
  await comesToCount(rows, Math.min(outside.length, 25));
  assert.match(await page.locator('#coverage').textContent(), /Seen in 2 min 11 s/);
  assert.deepEqual(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')), []);
  assert.deepEqual(problems, []);
}));

test('a device opens to its evidence and filters', () => alone(async (context) => {
  const {page} = await openPage(context, `file://${file}`);
  const body = await openFirst(page, async (summary) => {
    await summary.focus();
    await page.keyboard.press('Enter');
  });
  const device = model.devices[0];
  await comesToCount(body.locator('.evidence tbody tr'), device.evidence.length);
  assert.match(await body.textContent(), new RegExp(device.wireshark));
  assert.match(await body.textContent(), /frame\.number in \{\d+/);
}));

test('what the list of assets says stands at each device, and bans before other lists', () => alone(async (context) => {
  const url = pageWith((other) => {
    other.assets_never_seen = [{mac: '00-00-5E-00-53-99', name: 'Roof', site: 'HQ', maker: 'Example Cameras'}];
    Object.assign(other.devices[0], {asset_status: 'other-maker', asset_maker: 'Example Cameras', asset_name: 'Lobby'});
    other.devices[1].asset_status = 'not-listed';
    other.devices[2].asset_status = 'listed';
  });
  const {page, problems} = await openPage(context, url);
  const tags = (nth) => page.locator('.device-lists').nth(nth).locator('.tag').allTextContents();
  await comesToCount(page.locator('.device'), model.devices.length);
  assert.equal((await tags(0))[0], 'another maker than listed');
  assert.equal((await tags(1))[0], 'not in your list');
  await comesToCount(page.locator('.tag.asset'), 2);
  for (const [nth, device] of model.devices.entries()) {
    const weights = device.lists.map((l) => (l.status === 'verified' ? '' : 'z') + l.kind.replace(/^(purchase|authorisation)-ban$/, 'a'));
    const shown = (await tags(nth)).map((text) => device.lists.findIndex((l) => text.startsWith(l.list))).filter((i) => i >= 0);
    assert.equal(shown.length, device.lists.length);
    assert.deepEqual(shown.map((i) => weights[i]), [...weights].sort());
  }
  const rows = page.locator('#assets tbody tr');
  assert.deepEqual(await rows.locator('td[data-title="What"]').allTextContents(),
    ['another maker than listed', 'not in your list', 'never seen']);
  assert.match(await rows.first().textContent(), /, listed as Example Cameras/);
  assert.match(await rows.last().textContent(), /00-00-5E-00-53-99.*Roof/);
  assert.equal(await page.locator('.tile', {hasText: 'not as your list says'}).locator('dd').textContent(), '2');
  assert.deepEqual(problems, []);
}));

test('without a list of assets nothing speaks of one', () => alone(async (context) => {
  const {page} = await openPage(context, `file://${file}`);
  await comesToCount(page.locator('.device'), model.devices.length);
  assert.equal(await page.locator('#assets, .tag.asset').count(), 0);
  assert.equal(await page.locator('.tile', {hasText: 'your list'}).count(), 0);
}));

test('choosing a service filters the table, by keyboard too', () => alone(async (context) => {
  const {page} = await openPage(context, `file://${file}`);
  const service = page.locator('.bar-row').first();
  const name = await service.locator('.bar-name').textContent();
  await service.focus();
  await page.keyboard.press('Enter');
  await comes(async () => assert.equal(await page.locator('.choice b').textContent(), name));
  await comes(async () => {
    const cells = await page.locator('#destinations .data-table tbody td[data-title="Service"]').allTextContents();
    assert.ok(cells.length > 0);
    cells.forEach((cell) => assert.ok(cell.startsWith(name), cell));
  });
}));

test('Singapore, Hong Kong and Macao can be chosen on the map', () => alone(async (context) => {
  const url = pageWith((other) => {
    const [row] = other.conversations.filter((r) => 'device' in r && r.path === 'cloud' && r.established && !r.looked_up);
    assert.ok(row);
    other.conversations = ['SG', 'HK', 'MO', 'CN'].map((country, i) => ({...row, country, bytes_out: 1000 * 10 ** i}));
  });
  const {page, problems} = await openPage(context, url);
  const rows = page.locator('#destinations .data-table tbody tr');
  for (const [code, name] of [['SG', 'Singapore'], ['HK', 'Hong Kong'], ['MO', 'Macao'], ['CN', 'China']]) {
    const place = page.locator(`.reached [data-key="${code}"]`);
    assert.match(await place.getAttribute('aria-label'), new RegExp(name));
    await place.focus();
    await page.keyboard.press('Enter');
    await comesToCount(rows, 1);
    await page.keyboard.press('Enter');
    await comesToCount(rows, 4);
  }
  assert.deepEqual(problems, []);
}));

test('hostile names are shown, and do nothing', () => alone(async (context) => {
  const evil = '<img src=x onerror=alert(1)></script><script>alert(2)</script>';
  const url = pageWith((other) => {
    other.devices[0].title = `${evil}\u202egpj.exe\u0007`;
    other.devices[0].name = `a\u200bb\u2066c`;
    other.conversations.forEach((row) => {
      row.service = evil;
      row.peer = `${evil}\u202emoc`;
    });
    other.alerts = [{time: '2026-01-01T00:00:00.000Z', kind: 'policy-alert', severity: 4, message: evil, rule: evil}];
    other.findings = [evil];
  });
  const {page, problems} = await openPage(context, url);
  page.on('dialog', () => problems.push('a dialog'));
  const body = await openFirst(page);
  const title = await page.locator('.device-title').first().textContent();
  assert.ok(title.includes('<img src=x') && title.includes('<U+202E>gpj.exe<U+0007>'), title);
  assert.match(await body.textContent(), /a<U\+200B>b<U\+2066>c/);
  assert.equal(await page.locator('img').count(), 0);
  const text = await page.evaluate(() => document.body.innerText);
  assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b]/);
  await shoot(page, 'report-hostile');
  assert.deepEqual(problems, []);
}));

test('nothing found is not called none present', () => alone(async (context) => {
  const url = pageWith((other) => {
    Object.assign(other, {devices: [], conversations: [], alerts: []});
    other.timeline.series = [];
  });
  const {page, problems} = await openPage(context, url);
  assert.match(await page.locator('#devices').textContent(), /None seen in .*; that is not "none present"\./);
  assert.deepEqual(await seriousFindings(page), []);
  await shoot(page, 'report-empty', {fullPage: true});
  assert.deepEqual(problems, []);
}));

for (const theme of ['light', 'dark']) {
  test(`has no serious accessibility finding (${theme})`, () => alone(async (context) => {
    const {page} = await openPage(context, `file://${file}`);
    await page.emulateMedia({colorScheme: theme});
    await openFirst(page);
    assert.deepEqual(await seriousFindings(page), []);
    await shoot(page, `report-${theme}`, {fullPage: true});
  }));
}

test('fits a phone', () => alone(async (context) => {
  const {page} = await openPage(context, `file://${file}`);
  await page.setViewportSize({width: 390, height: 844});
  await openFirst(page);
  await comes(async () => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390));
  assert.deepEqual(await seriousFindings(page), []);
  await shoot(page, 'report-phone', {fullPage: true});
}));

test('prints with every device open', () => alone(async (context) => {
  const {page} = await openPage(context, `file://${file}`);
  const pdf = await page.pdf({path: join(screens, 'report.pdf'), preferCSSPageSize: true});
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await comesToCount(page.locator('.device-body'), model.devices.length);
}));

test('an entry that nobody has verified is told apart, and does not count', () => alone(async (context) => {
  const {page} = await openPage(context, pageWith((other) => {
    other.devices.forEach((d) => d.lists.forEach((l) => { l.status = 'unverified'; }));
    other.devices[0].lists.find((l) => l.kind === 'purchase-ban').status = 'verified';
  }));
  const n = await page.locator('.device .tag.list').count();
  assert.equal(await page.locator('.device .tag.list', {hasText: 'not verified'}).count(), n - 1);
  assert.equal(await page.locator('.tile', {hasText: 'on a ban list'}).locator('dd').textContent(), '1');
}));
