import { canBeId } from './id-fields.js';

const UUID = '01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10';

it.each([
  [{ type: 'integer' }, 7, true],
  [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 7, true],
  [{ type: ['integer', 'null'] }, 7, true],
  [{ type: 'string' }, 7, false],
  [{ $ref: '#/components/schemas/LampKind' }, 7, false],
  [{ type: 'string', format: 'uuid' }, UUID, true],
  [{ type: 'string' }, UUID, false],
  [{ type: 'string', format: 'uri' }, UUID, false],
  [{ type: 'string', format: 'email' }, `${UUID}@example.com`, true],
  [{ type: 'string' }, 'Thing 7', true],
])('a field with the schema %j can have the value %j: %j', (schema, id, can) => {
  expect(canBeId(schema, id)).toBe(can);
});
