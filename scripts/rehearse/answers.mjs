// Compares the responses of builds.
import { CHANGED, LEAST } from './fill.mjs';

/**
 * Returns what has changed: `{ name, why, status }`. Compares only what was the same in both runs on the former schema.
 */
export function differences([first, second], now) {
  return [...now].flatMap(([name, { status, body }]) => {
    const [one, two] = [first.get(name), second.get(name)];
    if (isBusy(status, body)) return [];
    if (one === undefined || two === undefined || one.status !== two.status) return failing(name, status, body);
    if (status !== one.status) return [{ name, status, why: `${status} ${short(body)}, before ${one.status}` }];
    const at = difference(one.body, two.body, body);
    return at === undefined ? [] : [{ name, status, why: `${at} has changed` }];
  });
}

/** Checks for a 503 because of too many requests at once. The machine causes it, not the build. */
export const isBusy = (status, body) => status === 503 && /overloaded|at once/.test(JSON.stringify(body));

/** Checks for a 503 because of a lock: it was not released in time, or the request was part of a deadlock. */
export const isLocked = (status, body) =>
  status === 503 && /row is in use|changing the same data/.test(JSON.stringify(body));

/** Returns the requests that fail, when there are no earlier responses to compare with. */
export function failures(now) {
  return [...now].flatMap(([name, { status, body }]) => failing(name, status, body));
}

const failing = (name, status, body) =>
  (status === 0 || status >= 500) && !isBusy(status, body) ? [{ name, status, why: `${status} ${short(body)}` }] : [];
export const short = (body) => (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 200);

/**
 * Returns the path of the first value that is the same in both former responses, except for numbers in texts, and
 * different now.
 */
function difference(one, two, now, at = '') {
  if (isObject(one) && isObject(two)) {
    if (!isObject(now)) return at || 'the body';
    return Array.isArray(one) ? ofLists(one, two, now, at) : ofObjects(one, two, now, at);
  }
  const [before, again, later] = [one, two, now].map(withoutNumbers);
  return before === again && (before !== later || (one === two && one !== now))
    ? `${at} (${JSON.stringify(now)}, before ${JSON.stringify(one)})`.slice(0, 300)
    : undefined;
}

/** A message may contain the id of a row. */
const withoutNumbers = (value) => (typeof value === 'string' ? value.replaceAll(/\d+/g, '0') : value);

function ofObjects(one, two, now, at) {
  for (const key of Object.keys(one).filter((name) => name in two)) {
    const inside = difference(one[key], two[key], now[key], at === '' ? key : `${at}.${key}`);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/**
 * Compares lists. Other rows may have been added in between, so rows are matched by id. Skips the rows that the load
 * changes.
 */
function ofLists(one, two, now, at) {
  if (!Array.isArray(now)) return at;
  if (one.every((row) => isObject(row) && 'id' in row)) {
    if (now.length < Math.min(one.length, two.length)) return `${at} (${now.length} rows, before ${one.length})`;
    const [first, second, third] = [one, two, now].map((rows) => new Map(rows.map((row) => [row.id, row])));
    const isComplete = Math.max(one.length, two.length) < PAGE;
    const added = now.find((row) => isComplete && isOld(row) && !first.has(row.id) && !second.has(row.id));
    if (added !== undefined) return `${at} (${added.id} was not there)`;
    const stable = one.filter((row) => second.has(row.id) && third.has(row.id) && !isChanged(row));
    return stable.map((row) => difference(row, second.get(row.id), third.get(row.id), `${at} ${row.id}`)).find(Boolean);
  }
  if (one.length !== two.length) return undefined;
  if (one.length !== now.length) return `${at} (${now.length} values, before ${one.length})`;
  return ofObjects(one, two, now, at);
}

/** The number of rows that the requests for lists ask for. A shorter list is complete. */
const PAGE = 20;
/** Checks for a row that was there before, and that nothing changes. */
const isOld = (row) => row.id > 0 && row.id <= LEAST && !isChanged(row);
/** Checks for an item or a user that the load changes. */
const isChanged = (row) => ('stock' in row && row.id <= CHANGED.items) || ('email' in row && row.id <= CHANGED.users);
const isObject = (value) => typeof value === 'object' && value !== null;
