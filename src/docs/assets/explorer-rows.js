import { documentedOperations, documentedPaths, operationAt } from './explorer-document.js';

/**
 * The rows that this tab has received in responses. With them, the id of an operation is filled in: that of the newest
 * row created in this tab or, for an operation with `x-requires`, of a row in the required state. Rows are stored by
 * the name of their path parameter (`order_id`). Their ids and states are kept on a reload, their other fields are not.
 */
export class SeenRows {
  /** By parameter, then by id: the row, and whether it was created in this tab. */
  #seen = new Map();
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  /** Loads the rows that the tab has stored before a reload. */
  restore() {
    for (const [name, rows] of Object.entries(JSON.parse(this.#storage.getItem(STORED) ?? '{}')))
      for (const { row, created } of rows) this.#add(name, row, created);
  }

  /** Stores the rows of a response: a list, a row, or a new row. Removes a row that was deleted. */
  learn({ path, method, url, status, body }) {
    const values = valuesIn(path, url);
    const [own] = parametersOf(path).toReversed();
    if (status === 404 || (method === 'delete' && status < 300)) this.#seen.get(own)?.delete(values[own]);
    else if (status < 300) this.#learnRows(path, method, body, own, values);
    this.#save();
  }

  #learnRows(path, method, body, own, values) {
    const member = this.#memberOf(path);
    if (Array.isArray(body)) body.forEach((row) => member && this.#add(member, row, false));
    else if (body?.id === undefined) return;
    else if (member && method === 'post') this.#add(member, body, true);
    else if (String(body.id) === values[own]) this.#add(own, body, false);
  }

  /** The parameter of the path one level below: `order_id` for `/orders`, from `/orders/{order_id}`. */
  #memberOf(path) {
    const below = documentedPaths().find((other) => other.replace(/\{[^/]+\}$/, '') === `${path}/`);
    return below && parametersOf(below).at(-1);
  }

  /** Values for the path parameters of an operation. A parameter without a value keeps its documented example. */
  idsFor(path, method) {
    const names = parametersOf(path);
    const own = names.at(-1);
    const row = own && this.#choose(own, operationAt(path, method) ?? {});
    if (!row) return {};
    return Object.fromEntries(
      names.map((name) => [name, name === own ? row.id : row[name]]).filter(([, value]) => value != null),
    );
  }

  #choose(name, operation) {
    const newestFirst = [...(this.#seen.get(name)?.values() ?? [])].toReversed();
    const states = Object.entries(operation['x-requires'] ?? {});
    const fits = ({ row }) => states.every(([key, allowed]) => allowed.includes(row[key]));
    const own = newestFirst.find((seen) => seen.created && fits(seen));
    if (own || states.length === 0) return own?.row;
    const { example } = operation.parameters.find((parameter) => parameter.name === name) ?? {};
    const documented = this.#seen.get(name)?.get(String(example));
    return documented && fits(documented) ? undefined : newestFirst.find(fits)?.row;
  }

  clear() {
    this.#seen.clear();
    this.#storage.removeItem(STORED);
  }

  #add(name, row, created) {
    const rows = this.#seen.get(name) ?? new Map();
    const known = rows.get(String(row.id));
    rows.set(String(row.id), { row: { ...known?.row, ...row }, created: created || Boolean(known?.created) });
    this.#seen.set(name, rows);
  }

  #save() {
    const needed = new Set(['id', ...documentedPaths().flatMap(parametersOf), ...requiredFields()]);
    const stored = [...this.#seen].map(([name, rows]) => {
      const all = [...rows.values()];
      const newest = [false, true].flatMap((own) => all.filter(({ created }) => created === own).slice(-MAX_STORED));
      return [name, newest.map(({ row, created }) => ({ row: only(row, needed), created }))];
    });
    this.#storage.setItem(STORED, JSON.stringify(Object.fromEntries(stored)));
  }
}

const STORED = 'explorer.rows';
const MAX_STORED = 20;

const requiredFields = () => documentedOperations().flatMap((operation) => Object.keys(operation['x-requires'] ?? {}));

function only(row, names) {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)));
}

function parametersOf(path) {
  return [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
}

function valuesIn(path, url) {
  const given = new URL(url, 'http://here').pathname.split('/').toReversed();
  const wanted = path.split('/').toReversed();
  return Object.fromEntries(
    wanted.flatMap((part, i) =>
      part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(given[i] ?? '')]] : [],
    ),
  );
}
