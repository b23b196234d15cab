import { readFileSync } from 'node:fs';
import { EDGE_CHANGES, UNDONE_CHANGES } from '../fixtures/contract-changes/edges.js';
import {
  at,
  bodyOf,
  field,
  fields,
  json,
  parameters,
  type Change,
  type Node,
} from '../fixtures/contract-changes/edits.js';
import { OPERATION_CHANGES } from '../fixtures/contract-changes/operations.js';
import { REQUEST_CHANGES } from '../fixtures/contract-changes/requests.js';
import { RESPONSE_CHANGES } from '../fixtures/contract-changes/responses.js';
import { breakingChanges } from '../support/openapi-diff.js';

const base = JSON.parse(readFileSync('openapi.json', 'utf8')) as Node;

function edited(...edits: readonly Change['edit'][]): Node {
  const copy = structuredClone(base);
  for (const edit of edits) edit(copy);
  return copy;
}

/** A person labelled each change as breaking or not, with the reason. The differ must agree. */
describe.each([
  ['an operation', OPERATION_CHANGES],
  ['the request', REQUEST_CHANGES],
  ['the response', RESPONSE_CHANGES],
  ['an edge case', EDGE_CHANGES],
  ['the old document', UNDONE_CHANGES],
])('a change of %s', (_of, changes) => {
  const judge = ({ edit }: Change) =>
    changes === UNDONE_CHANGES ? breakingChanges(edited(edit), base) : breakingChanges(base, edited(edit));

  it.each(changes.filter(({ breaking }) => breaking))('is breaking: $what ($why)', (change) => {
    expect(judge(change)).not.toEqual([]);
  });

  it.each(changes.filter(({ breaking }) => !breaking))('is compatible: $what ($why)', (change) => {
    expect(JSON.stringify(edited(change.edit))).not.toBe(JSON.stringify(base));
    expect(judge(change)).toEqual([]);
  });
});

it('about half of the sample changes are breaking', () => {
  const changes = [OPERATION_CHANGES, REQUEST_CHANGES, RESPONSE_CHANGES, EDGE_CHANGES, UNDONE_CHANGES].flat();
  const share = changes.filter(({ breaking }) => breaking).length / changes.length;
  expect(changes.length).toBeGreaterThanOrEqual(40);
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.6);
});

it('a document is compatible with itself', () => {
  expect(breakingChanges(base, edited())).toEqual([]);
});

it('the name of a header parameter is case-insensitive', () => {
  const [one, other] = ['Idempotency-Key', 'idempotency-key'].map((name) =>
    edited((document) => parameters(document, 'POST /orders').push({ name, in: 'header', schema: { type: 'string' } })),
  );
  expect(breakingChanges(one!, other!)).toEqual([]);
});

it('a new 204 or 307 response is breaking, but a new 304 response is not', () => {
  const added = edited((document) => {
    const responses = at(document, 'paths', '/items/{item_id}', 'get', 'responses');
    for (const status of ['204', '304', '307']) responses[status] = { description: 'New.' };
  });
  const without = edited((document) => {
    delete at(document, 'paths', '/items/{item_id}', 'get', 'responses')['304'];
  });
  expect(breakingChanges(without, added)).toEqual([
    'GET /items/{item_id}: 204: is new',
    'GET /items/{item_id}: 307: is new',
  ]);
});

const withCategories = (document: Node) => {
  const schemas = at(document, 'components', 'schemas');
  const children = { type: 'array', items: { description: 'One below.', $ref: '#/components/schemas/Category' } };
  schemas['Category'] = { type: 'object', properties: { name: { type: 'string', maxLength: 50 }, children } };
  fields(document, 'ItemCreate')['category'] = { $ref: '#/components/schemas/Category' };
};

describe('a model that refers to itself', () => {
  it('is compared without endless recursion', () => {
    expect(breakingChanges(edited(withCategories), edited(withCategories))).toEqual([]);
  });

  it('is reported with a change at both levels', () => {
    const stricter = edited(withCategories, (document) => {
      field(document, 'Category.name')['maxLength'] = 20;
    });
    expect(breakingChanges(edited(withCategories), stricter)).toEqual([
      'POST /items: body application/json: category.name: maxLength was 50, is 20',
      'POST /items: body application/json: category.children[].name: maxLength was 50, is 20',
      'PUT /items/{item_id}: body application/json: category.name: maxLength was 50, is 20',
      'PUT /items/{item_id}: body application/json: category.children[].name: maxLength was 50, is 20',
    ]);
  });
});

it('every change is reported with its location', () => {
  const changed = edited(
    (document) => {
      field(document, 'OrderResponse.status')['enum'] = ['new', 'paid', 'sent', 'cancelled', 'returned'];
    },
    (document) => {
      json(bodyOf(document, 'POST /items'))['schema'] = { type: 'string' };
    },
  );
  expect(breakingChanges(base, changed)).toEqual(
    expect.arrayContaining([
      'GET /orders: 200 application/json: [].status: the value "returned" is new',
      'GET /dashboard: 200 application/json: orders[].status: the value "returned" is new',
      'POST /items: body application/json: was "object", is "string"',
    ]),
  );
});
