// SPDX-License-Identifier: Apache-2.0
// Numbers, times and codes for people.

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

export function bytes(n) {
  if (n < 1000) {
    return `${n} B`;
  }
  let value = n / 1000;
  let unit = 0;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) {
    value /= 1000;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export const count = (n) => Number(n).toLocaleString('en-US');

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export function span(seconds) {
  const s = Math.floor(seconds);
  if (s >= 172800) {
    return `${Math.floor(s / 86400)} days`;
  }
  if (s >= 3600) {
    return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  }
  if (s >= 60) {
    return `${Math.floor(s / 60)} min ${s % 60} s`;
  }
  return `${s} s`;
}

/** "2026-03-02 09:00:02": UTC, as everywhere in camwatch. */
export const time = (iso) => (iso ? String(iso).slice(0, 19).replace('T', ' ') : '');
export const day = (iso) => (iso ? String(iso).slice(0, 10) : '');
export const clock = (iso) => (iso ? String(iso).slice(11, 19) : '');

let names;
/** "Hong Kong" for "HK". */
export function country(code) {
  try {
    names ??= new Intl.DisplayNames(['en'], {type: 'region'});
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
