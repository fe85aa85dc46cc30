// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium with a profile of its own that is thrown away, and without a network of its own.
import assert from 'node:assert/strict';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {createRequire} from 'node:module';
import {setTimeout as sleep} from 'node:timers/promises';
import {chromium} from 'playwright-core';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const screens = join(root, 'build/screens');
const EXECUTABLE = process.env.CAMWATCH_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

/** ms: what a slow and busy machine may take for what is sure to come; it is no claim about speed. */
export const PATIENCE = 90_000;
/** ms: what is meant to take a second or some is broken when it takes this long, on any machine. */
const ABSURD = 30_000;

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const program = process.env.CAMWATCH_PROGRAM ?? join(root, 'build/release/host/camwatch');
export const hasBrowser = existsSync(EXECUTABLE);

/** Run with a browser; it and its profile are gone afterwards. */
export async function withBrowser(options, run) {
  const profile = mkdtempSync(join(tmpdir(), 'camwatch-chromium-'));
  mkdirSync(screens, {recursive: true});
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE, args: FLAGS, chromiumSandbox: false, viewport: {width: 1280, height: 900},
    timezoneId: 'UTC', locale: 'en-US', bypassCSP: false, timeout: PATIENCE, ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  context.setDefaultNavigationTimeout(PATIENCE);
  try {
    return await run(context);
  } finally {
    await context.close();
    rmSync(profile, {recursive: true, force: true});
  }
}

/** A page that keeps what it complained of: {page, problems}. */
export async function openPage(context, url) {
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  await page.goto(url);
  return {page, problems};
}

/** What check() asserts comes to hold: it is tried again until it does, or its last complaint is the test's. */
export async function comes(check) {
  for (const end = Date.now() + PATIENCE; ; await sleep(50)) {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof assert.AssertionError) || Date.now() > end) {
        throw error;
      }
    }
  }
}

/** As many elements as are due come to be there. */
export const comesToCount = (locator, due) => comes(async () => assert.equal(await locator.count(), due));

/** A claim of a second: the figure is told, and only what is no matter of speed any more fails. */
export function tellTime(t, what, began) {
  const took = Date.now() - began;
  t.diagnostic(`${what}: ${took} ms`);
  assert.ok(took < ABSURD, `${what}: ${took} ms`);
}

export async function shoot(page, name, options = {}) {
  await page.screenshot({path: join(screens, `${name}.png`), ...options});
}

/** Findings of axe-core that matter: serious and critical ones. Injected by the debugger, past the policy. */
export async function seriousFindings(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', {expression: readFileSync(AXE, 'utf8')});
  const {violations} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} (${n.failureSummary})`).join(' | ')}`);
}
