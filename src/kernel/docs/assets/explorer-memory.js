/**
 * What this tab has seen of the things behind the API, so that an operation starts with ids that exist: the newest
 * thing that was made here, or for an operation with `x-requires` one that is in such a state. Things are told apart by
 * the name of their path parameter (`order_id`). Of each, what it takes to choose outlives a reload: ids and states.
 */
export class Memory {
  #things = new Map();
  #paths = {};
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  /** Begins with the paths of the document, and with what the tab saw before a reload. */
  begin(paths) {
    this.#paths = paths;
    for (const [name, things] of Object.entries(JSON.parse(this.#storage.getItem(STORED) ?? '{}')))
      for (const { row, made } of things) this.#note(name, row, made);
  }

  /** Takes in an answer: a list, a thing, a thing just made, one that is gone. */
  learn({ path, method, url, status, body }) {
    const values = valuesIn(path, url);
    const [own] = parametersOf(path).toReversed();
    if (status === 404 || (method === 'delete' && status < 300)) this.#things.get(own)?.delete(values[own]);
    else if (status < 300) this.#learnRows(path, method, body, own, values);
    this.#save();
  }

  #learnRows(path, method, body, own, values) {
    const member = this.#memberOf(path);
    if (Array.isArray(body)) body.forEach((row) => member && this.#note(member, row, false));
    else if (body?.id === undefined) return;
    else if (member && method === 'post') this.#note(member, body, true);
    else if (String(body.id) === values[own]) this.#note(own, body, false);
  }

  /** The parameter of the path right below: `/orders` has `/orders/{order_id}`. */
  #memberOf(path) {
    const below = Object.keys(this.#paths).find((other) => other.replace(/\{[^/]+\}$/, '') === `${path}/`);
    return below && parametersOf(below).at(-1);
  }

  /** Values for the path parameters of an operation; where there is none, its documented example is as good. */
  offer(path, method) {
    const names = parametersOf(path);
    const own = names.at(-1);
    const row = own && this.#choose(own, this.#paths[path]?.[method] ?? {});
    if (!row) return {};
    return Object.fromEntries(
      names.map((name) => [name, name === own ? row.id : row[name]]).filter(([, value]) => value != null),
    );
  }

  #choose(name, operation) {
    const things = [...(this.#things.get(name)?.values() ?? [])].toReversed();
    const states = Object.entries(operation['x-requires'] ?? {});
    const fits = ({ row }) => states.every(([key, allowed]) => allowed.includes(row[key]));
    const made = things.find((thing) => thing.made && fits(thing));
    if (made || states.length === 0) return made?.row;
    const { example } = operation.parameters.find((parameter) => parameter.name === name) ?? {};
    const documented = this.#things.get(name)?.get(String(example));
    return documented && fits(documented) ? undefined : things.find(fits)?.row;
  }

  clear() {
    this.#things.clear();
    this.#storage.removeItem(STORED);
  }

  #note(name, row, made) {
    const things = this.#things.get(name) ?? new Map();
    const known = things.get(String(row.id));
    things.set(String(row.id), { row: { ...known?.row, ...row }, made: made || Boolean(known?.made) });
    this.#things.set(name, things);
  }

  #save() {
    const telling = new Set(['id']);
    for (const [path, operations] of Object.entries(this.#paths)) {
      parametersOf(path).forEach((name) => telling.add(name));
      for (const operation of Object.values(operations))
        Object.keys(operation['x-requires'] ?? {}).forEach((name) => telling.add(name));
    }
    const kept = [...this.#things].map(([name, things]) => {
      const all = [...things.values()];
      const newest = [...all.filter(({ made }) => !made).slice(-MOST), ...all.filter(({ made }) => made).slice(-MOST)];
      return [name, newest.map(({ row, made }) => ({ row: only(row, telling), made }))];
    });
    this.#storage.setItem(STORED, JSON.stringify(Object.fromEntries(kept)));
  }
}

const STORED = 'explorer.things';
const MOST = 20;

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
