// SPDX-License-Identifier: Apache-2.0
// The live page before the real thing: a redis-server of its own, fed by a replay, and camwatch dashboard.
import assert from 'node:assert/strict';
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {comes, comesToCount, openPage, PATIENCE, program, root, tellTime, withBrowser} from './browser.mjs';

const SENSOR = 'span-1';
const has = (command, ...words) => spawnSync(command, words, {stdio: 'ignore'}).status === 0;
const skip = !has('redis-server', '--version') ? 'there is no redis-server'
  : !has(program, 'dashboard', '--help') ? 'this program has no dashboard' : false;

const folder = mkdtempSync(join(tmpdir(), 'camwatch-real-'));
const socket = join(folder, 'redis.sock');
const started = [];
let port;
let redis;
let dashboard;

const cli = (...words) => execFileSync('redis-cli', ['-s', socket, '--json', ...words], {encoding: 'utf8'});
const ask = (...words) => JSON.parse(cli(...words));
const key = (name) => `camwatch:{${SENSOR}}:${name}`;

function run(command, ...words) {
  const child = spawn(command, words, {stdio: 'ignore'});
  started.push(child);
  return child;
}

async function end(child, signal = 'SIGTERM') {
  const gone = new Promise((resolve) => { child.once('exit', resolve); });
  child.kill(signal);
  await gone;
}

async function until(what, check) {
  for (const end = Date.now() + PATIENCE; !await check(); await sleep(50)) {
    assert.ok(Date.now() < end, `not within ${PATIENCE / 1000} s: ${what}`);
  }
}

const isFree = (candidate) => new Promise((resolve) => {
  const server = createServer().once('error', () => resolve(false));
  server.listen(candidate, '127.0.0.1', () => server.close(() => resolve(true)));
});

/* Below those that the kernel gives to clients: nobody gets it while the dashboard is away. */
async function freePort() {
  for (;;) {
    const candidate = 20000 + Math.floor(12000 * Math.random());
    if (await isFree(candidate)) {
      return candidate;
    }
  }
}

async function startRedis() {
  redis = run('redis-server', '--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', '--appendonly', 'yes',
    '--appendfsync', 'always');
  await until('redis-server', () => has('redis-cli', '-s', socket, 'ping'));
}

async function startDashboard() {
  dashboard = run(program, 'dashboard', '--redis', `unix://${socket}`, '--listen', `127.0.0.1:${port}`);
  await until('camwatch dashboard', () => fetch(`http://127.0.0.1:${port}/api/sensors`).then((r) => r.ok, () => false));
}

/* The latest alert once more, with another text. */
function addAlert(message) {
  const [[, fields]] = ask('XREVRANGE', key('alerts'), '+', '-', 'COUNT', '1');
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields).flat();
  pairs[pairs.indexOf('message') + 1] = message;
  cli('XADD', key('alerts'), '*', ...pairs);
}

before(async () => {
  if (skip) {
    return;
  }
  port = await freePort();
  await startRedis();
  execFileSync(program, ['replay', join(root, 'tests/golden/demo.pcap'), '--quiet', '--sensor', SENSOR, '--redis', `unix://${socket}`]);
  await startDashboard();
});
after(async () => {
  for (const child of started.filter((one) => one.exitCode === null && one.signalCode === null)) {
    await end(child);
  }
  rmSync(folder, {recursive: true, force: true});
});

const live = (view, call) => withBrowser({}, async (context) => {
  const {page} = await openPage(context, `http://127.0.0.1:${port}/#/${view}`);
  await page.locator('.link-state.live').waitFor();
  await call(page);
});

test('views show the numbers that Redis holds', {skip}, () => live('overview', async (page) => {
  const tile = (name) => page.locator('.tile', {hasText: name}).locator('dd').textContent();
  assert.equal(await tile('surveillance devices'), String(ask('ZCARD', key('index'))));
  assert.equal(await tile('alerts'), String(ask('XLEN', key('alerts'))));
  await page.goto(`http://127.0.0.1:${port}/#/sensors`);
  const streams = ['alerts', 'devices', 'flows', 'stats'].map((name) => `${name} ${ask('XLEN', key(name))}`).join(' · ');
  await comes(async () => assert.ok((await page.locator('.card').textContent()).includes(streams)));
}));

test('an event is on the page at once', {skip}, (t) => live('alerts', async (page) => {
  const began = Date.now();
  addAlert('just happened');
  await page.locator('tbody tr', {hasText: 'just happened'}).waitFor();
  tellTime(t, 'from Redis to the page (meant: 1 s)', began);
}));

test('what happened while the server was away is caught up', {skip}, () => live('alerts', async (page) => {
  await end(dashboard);
  await page.locator('.link-state:not(.live)').waitFor();
  addAlert('while it was away');
  await startDashboard();
  await page.locator('tbody tr', {hasText: 'while it was away'}).first().waitFor();
  addAlert('once it was back');
  await page.locator('tbody tr', {hasText: 'once it was back'}).waitFor();
  await comesToCount(page.locator('tbody tr', {hasText: 'while it was away'}), 1);
}));

test('Redis goes and comes back', {skip}, () => live('alerts', async (page) => {
  await end(redis);
  await page.locator('.banner:visible').waitFor();
  await startRedis();
  await page.locator('.banner').waitFor({state: 'hidden'});
  addAlert('after Redis came back');
  await page.locator('tbody tr', {hasText: 'after Redis came back'}).waitFor();
}));
