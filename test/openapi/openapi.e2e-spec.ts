import { Validator } from '@seriousme/openapi-schema-validator';
import { readFileSync } from 'node:fs';
import request from 'supertest';
import { document, objects, type Operation, OPERATIONS, resolve, type Schema } from '../support/openapi.js';

const NAMES = OPERATIONS.map(({ operationId }) => operationId);

/** Runs `check` on every operation. Returns the problems, each with the operation's name. */
function wrong(check: (operation: Operation) => Iterable<string | false | undefined>): string[] {
  return OPERATIONS.flatMap((operation) => {
    const found = [...check(operation)].filter((what) => typeof what === 'string');
    return found.map((what) => `${operation.name}: ${what}`);
  });
}

const isIntegral = ({ type }: Schema) => [type].flat().includes('integer');
const isRequestText = ({ type, enum: words }: Schema) => [type].flat().includes('string') && words === undefined;

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(
      structuredClone(document) as object as Record<string, unknown>,
    );
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(document.openapi).toBe('3.1.0');
  });

  it('is served unchanged as JSON', async () => {
    const answer = await request(baseUrl).get('/openapi.json');
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual(document);
  });

  it('has a title, a description, the package version and a relative server URL', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(document.info).toMatchObject({
      title: 'Aerie',
      version,
      description: expect.stringMatching(/.{50}/) as string,
    });
    expect(document.servers).toMatchObject([{ url: '/' }]);
  });

  it('has no dangling references', () => {
    const refs = [...objects(document)].flatMap(([at, { $ref }]) =>
      typeof $ref === 'string' ? [[at, $ref] as const] : [],
    );
    expect(refs.length).toBeGreaterThan(100);
    expect(refs.filter(([, ref]) => resolve(ref) === undefined)).toEqual([]);
  });

  it('has no unused schemas', () => {
    const used = new Set([...objects(document)].map(([, { $ref }]) => $ref));
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => !used.has(`#/components/schemas/${name}`))).toEqual([]);
  });

  it('uses no nullable or example keyword from OpenAPI 3.0', () => {
    const old = [...objects(document.components)].filter(
      ([at, { nullable, example }]) => nullable !== undefined || (example !== undefined && !at.endsWith('/properties')),
    );
    expect(old.map(([at]) => at)).toEqual([]);
  });
});

describe('an operation', () => {
  it('has a unique operation id without underscores', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    expect(NAMES.filter((name) => !/^[a-z][A-Za-z]+$/.test(name))).toEqual([]);
  });

  it('has exactly one tag, which is described', () => {
    const known = new Set(document.tags.map(({ name }) => name));
    expect(wrong(({ tags }) => [(tags?.length !== 1 || !known.has(tags[0]!)) && String(tags)])).toEqual([]);
    const used = new Set(OPERATIONS.map(({ tags }) => tags[0]));
    expect(document.tags.filter(({ name, description }) => !used.has(name) || description === '')).toEqual([]);
  });

  it('has a summary under 60 characters and a description that says who may call it', () => {
    expect(
      wrong(({ summary }) => [(summary === '' || summary.length >= 60 || /[.\n]$/.test(summary)) && summary]),
    ).toEqual([]);
    expect(wrong(({ description }) => [!/\*\*Access:\*\* .+\.$/.test(description) && description])).toEqual([]);
  });

  it('describes every parameter and its bounds', () => {
    expect(
      wrong(({ parameters }: Operation) =>
        parameters.flatMap(({ name, description, schema }) => [
          !description && `${name} is not described`,
          isIntegral(schema) &&
            (schema.minimum === undefined || schema.maximum === undefined) &&
            `${name} has no bounds`,
          isRequestText(schema) && schema.maxLength === undefined && `${name} has no maximum length`,
        ]),
      ),
    ).toEqual([]);
  });

  it('declares the parameters of its path', () => {
    expect(
      wrong(({ path, parameters }: Operation) => {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
        const given = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
        return [inPath.join() !== given.join() && `${inPath.join()} / ${given.join()}`];
      }),
    ).toEqual([]);
  });

  it('declares security exactly if it requires a token', async () => {
    for (const { path, method, security, responses } of OPERATIONS) {
      const url = path.replaceAll(/\{\w+\}/g, '1');
      const answer = await request(baseUrl)[method](url);
      const secured = security !== undefined;
      expect({ method, path, secured, refused: answer.status === 401 }).toEqual({
        method,
        path,
        secured,
        refused: secured,
      });
      if (secured) expect(responses).toHaveProperty('401');
    }
  });

  it('has a schema for every response and an example for every error', () => {
    expect(
      wrong(({ responses }: Operation) =>
        Object.entries(responses).flatMap(([status, { description, content }]) => [
          description === '' && `${status} is not described`,
          !['204', '304'].includes(status) && !Object.values(content ?? {})[0]?.schema && `${status} has no schema`,
          Number(status) >= 400 && !content!['application/json']!.examples && `${status} has no example`,
        ]),
      ),
    ).toEqual([]);
  });

  it('documents its response headers', () => {
    const needed: Record<string, string[]> = {
      '201': ['Location'],
      '401': ['WWW-Authenticate'],
      '503': ['Retry-After'],
    };
    expect(
      wrong(({ responses }: Operation) =>
        Object.entries(responses).flatMap(([status, { headers }]) =>
          ['X-Process-Time', 'X-Request-ID', ...(needed[status] ?? [])].map(
            (name) => headers[name] === undefined && `${status} without ${name}`,
          ),
        ),
      ),
    ).toEqual([]);
    const lists = OPERATIONS.filter(({ operationId }) => operationId.startsWith('list'));
    expect(lists.filter(({ responses }) => responses['200']!.headers['Link'] === undefined)).toEqual([]);
  });

  it('links only to existing operations, with their path parameters', () => {
    const links = OPERATIONS.flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ links }) => Object.values(links ?? {})),
    );
    expect(links.length).toBeGreaterThan(5);
    for (const { operationId, parameters } of links) {
      const target = OPERATIONS.find((one) => one.operationId === operationId)!;
      const inPath = target.parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect([operationId, Object.keys(parameters)]).toEqual([operationId, inPath]);
    }
  });
});
