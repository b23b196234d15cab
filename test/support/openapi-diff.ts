import { SchemaDiff, type Direction } from './schema-diff.js';
import { isNode, listOf, nodeOf, resolve, same, type Node } from './schema-forms.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/**
 * Returns the changes in the document `after` that break clients of `before`, one line each, or an empty list. Checks
 * what is sent over the wire, and the operation ids, which generated clients use. Ignores descriptions, examples, links
 * and the names of models: clients neither send nor read them.
 */
export function breakingChanges(before: Node, after: Node): string[] {
  return new OpenApiDiff(before, after).all();
}

class OpenApiDiff {
  /** Results by pair of schemas: errors and headers repeat, so each pair is compared once. */
  private readonly compared = new Map<string, string[]>();

  constructor(
    private readonly before: Node,
    private readonly after: Node,
  ) {}

  all(): string[] {
    const found = [...this.servers({}, {}), ...this.signIn()];
    for (const [path, item] of Object.entries(nodeOf(this.before['paths']))) {
      const next = nodeOf(nodeOf(this.after['paths'])[path]);
      for (const method of METHODS.filter((name) => name in nodeOf(item))) {
        const name = `${method.toUpperCase()} ${path}`;
        const old = operationOf(nodeOf(item), method);
        const now = method in next ? operationOf(next, method) : undefined;
        found.push(...(now ? this.operation(old, now) : ['is gone']).map((what) => `${name}: ${what}`));
      }
    }
    return [...new Set(found)];
  }

  private servers(old: Node, now: Node): string[] {
    const after = serversOf(now, this.after);
    const gone = serversOf(old, this.before).filter((url) => !after.includes(url));
    return gone.map((url) => `the server ${String(url)} is gone`);
  }

  private signIn(): string[] {
    const now = nodeOf(nodeOf(this.after['components'])['securitySchemes']);
    return Object.entries(nodeOf(nodeOf(this.before['components'])['securitySchemes']))
      .filter(([name, scheme]) => !keeps(scheme, now[name]))
      .map(([name]) => `The security scheme ${name} was removed or changed`);
  }

  private operation(old: Node, now: Node): string[] {
    return [
      ...(old['operationId'] === now['operationId'] ? [] : [`its operationId was ${show(old)}, is ${show(now)}`]),
      ...('servers' in old || 'servers' in now ? this.servers(old, now) : []),
      ...this.security(old, now),
      ...this.parameters(old, now),
      ...this.requestBody(old['requestBody'], now['requestBody']),
      ...this.responses(nodeOf(old['responses']), nodeOf(now['responses'])),
    ];
  }

  /** Credentials that gave access before must still give access. */
  private security(old: Node, now: Node): string[] {
    const [keys, doors] = [waysIn(old, this.before), waysIn(now, this.after)];
    const isShut = (key: Node) => doors.length > 0 && !doors.some((door) => fits(key, door));
    return (keys.length === 0 ? [{}] : keys).filter(isShut).map((key) => {
      const who = Object.keys(key).join(' and ') || 'no credentials';
      return `requests with ${who} are no longer accepted`;
    });
  }

  private parameters(old: Node, now: Node): string[] {
    const [before, after] = [parametersOf(old, this.before), parametersOf(now, this.after)];
    const added = [...after].filter(([name, parameter]) => !before.has(name) && parameter['required'] === true);
    const changed = [...before].flatMap(([name, parameter]) => {
      const next = after.get(name);
      const what = next === undefined ? ['is gone'] : this.parameter(parameter, next);
      return what.map((line) => `${name}: ${line}`);
    });
    return [...added.map(([name]) => `${name}: must be sent now`), ...changed];
  }

  private parameter(old: Node, now: Node): string[] {
    return [
      ...(now['required'] === true && old['required'] !== true ? ['must be sent now'] : []),
      ...(same(notation(old), notation(now)) ? [] : ['its serialization style has changed']),
      ...this.schema('request', old['schema'], now['schema'], true),
      ...this.content('request', old, now),
    ];
  }

  private requestBody(before: unknown, after: unknown): string[] {
    const [old, now] = [resolve(before, this.before), resolve(after, this.after)];
    if (before !== undefined && after === undefined) return ['the body is gone'];
    const isNew = now['required'] === true && old['required'] !== true;
    return [
      ...(isNew ? ['a body must be sent now'] : []),
      ...this.content('request', old, now).map((what) => `body ${what}`),
    ];
  }

  private responses(old: Node, now: Node): string[] {
    // Clients treat an unknown 4xx as a 400 (RFC 9110, 15). But an unknown 2xx has an unknown body, and a new 401 or
    // 403 denies access. Only clients that send conditional requests get a 304.
    const added = Object.keys(now).filter((status) => !(status in old) && /^2|^3(?!04)|^40[13]$/.test(status));
    const changed = Object.entries(old).flatMap(([status, response]) => {
      if (!(status in now)) return [`${status}: is gone`];
      const [before, after] = [resolve(response, this.before), resolve(now[status], this.after)];
      return [...this.headers(before, after), ...this.content('response', before, after)].map(
        (what) => `${status} ${what}`,
      );
    });
    return [...added.map((status) => `${status}: is new`), ...changed];
  }

  private headers(old: Node, now: Node): string[] {
    const after = headersOf(now, this.after);
    return [...headersOf(old, this.before)].flatMap(([name, header]) => {
      const next = after.get(name);
      if (next === undefined) return [`header ${name}: is gone`];
      const isLoose = header['required'] === true && next['required'] !== true;
      return [
        ...(isLoose ? ['may be missing now'] : []),
        ...this.schema('response', header['schema'], next['schema']),
      ].map((what) => `header ${name}: ${what}`);
    });
  }

  private content(direction: Direction, old: Node, now: Node): string[] {
    const after = nodeOf(now['content']);
    return Object.entries(nodeOf(old['content'])).flatMap(([media, body]) => {
      const next = after[media];
      if (next === undefined) return [`${media}: is gone`];
      const isForm = media === 'application/x-www-form-urlencoded';
      const found = this.schema(direction, nodeOf(body)['schema'], nodeOf(next)['schema'], isForm);
      return found.map((what) => `${media}: ${what}`);
    });
  }

  private schema(direction: Direction, old: unknown = {}, now: unknown = {}, isText = false): string[] {
    const key = JSON.stringify([direction, old, now, isText]);
    const found =
      this.compared.get(key) ?? new SchemaDiff(this.before, this.after, direction, isText).compare(old, now);
    this.compared.set(key, found);
    return found;
  }
}

const serversOf = (node: Node, document: Node) =>
  listOf(node['servers'] ?? document['servers'] ?? [{ url: '/' }]).map((server) => nodeOf(server)['url']);
const waysIn = (operation: Node, document: Node) => listOf(operation['security'] ?? document['security']).map(nodeOf);

/** Whether these tokens with these scopes meet the requirement. */
function fits(key: Node, door: Node): boolean {
  return Object.entries(door).every(([scheme, scopes]) => {
    const has = key[scheme];
    return has !== undefined && listOf(scopes).every((scope) => listOf(has).includes(scope));
  });
}

/** Returns an operation with the parameters and servers of its path. */
function operationOf(item: Node, method: string): Node {
  const operation = nodeOf(item[method]);
  const servers = operation['servers'] ?? item['servers'];
  return {
    ...operation,
    ...(servers === undefined ? {} : { servers }),
    parameters: [...listOf(item['parameters']), ...listOf(operation['parameters'])],
  };
}

function parametersOf(operation: Node, document: Node): Map<string, Node> {
  return new Map(
    listOf(operation['parameters']).map((one) => {
      const parameter = resolve(one, document);
      const name = String(parameter['name']);
      const kind = String(parameter['in']);
      return [`${kind} parameter ${kind === 'header' ? name.toLowerCase() : name}`, parameter];
    }),
  );
}

function headersOf(response: Node, document: Node): Map<string, Node> {
  const headers = Object.entries(nodeOf(response['headers']));
  return new Map(headers.map(([name, header]) => [name.toLowerCase(), resolve(header, document)]));
}

/** Returns how a parameter's value is written, with OpenAPI's defaults. */
function notation(parameter: Node) {
  const style = parameter['style'] ?? (['query', 'cookie'].includes(String(parameter['in'])) ? 'form' : 'simple');
  const { explode = style === 'form', allowReserved = false } = parameter;
  return { style, explode, allowReserved };
}

/** Whether everything but descriptions is still present. */
function keeps(old: unknown, now: unknown): boolean {
  if (!isNode(old) || !isNode(now)) return same(old, now);
  return Object.entries(old).every(([key, value]) => {
    if (key === 'description') return true;
    if (key === 'scopes') return Object.keys(nodeOf(value)).every((scope) => scope in nodeOf(now[key]));
    return keeps(value, now[key]);
  });
}

const show = (operation: Node) => JSON.stringify(operation['operationId'] ?? null);
