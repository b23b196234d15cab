import 'reflect-metadata';
import { validateSync } from 'class-validator';
import { HasUpperCase, IsDateTime, IsStringMap, MayBeAbsent } from './fields.js';

/** Returns the error of class-validator itself for a field with this decorator. */
function judge(decorate: PropertyDecorator, field: unknown): string | undefined {
  class Model {}
  decorate(Model.prototype, 'field');
  const [error] = validateSync(Object.assign(new Model(), { field }), { forbidUnknownValues: false });
  return error && Object.values(error.constraints ?? {})[0];
}

it.each([{}, { a: '' }, { a: 'x', b: 'y' }])('%j is a dictionary of strings', (value) => {
  expect(judge(IsStringMap({ maxKeys: 5, maxLength: 5 }), value)).toBeUndefined();
});

it.each([undefined, null, 'x', 1, [], ['x'], { a: 1 }, { a: 'x', b: null }].map((value) => [value]))(
  '%j is not a dictionary of strings',
  (value) => {
    expect(judge(IsStringMap({ maxKeys: 5, maxLength: 5 }), value)).toBe('field must be a dictionary of strings');
  },
);

it('@IsDateTime, @HasUpperCase and @MayBeAbsent work with class-validator itself', () => {
  expect(judge(IsDateTime(), new Date(0))).toBeUndefined();
  expect(judge(IsDateTime(), '1970-01-01')).toBeDefined();
  expect(judge(HasUpperCase('shout'), 'xX')).toBeUndefined();
  for (const bad of ['x', ['X'], undefined]) expect(judge(HasUpperCase('shout'), bad)).toBe('shout');
  expect(judge(MayBeAbsent(), undefined)).toBeUndefined();
});
