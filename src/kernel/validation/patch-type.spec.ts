import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { ValidationFailed } from '../errors/validation-failed.js';
import { documentedProperties } from './model-metadata.js';
import { PatchType } from './patch-type.js';
import { validate } from './validate.js';

class Lamp {
  static _OPENAPI_METADATA_FACTORY() {
    return { name: { required: true, type: () => String }, watts: { required: true, type: () => Number, default: 5 } };
  }

  @IsString()
  @MaxLength(3)
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(9)
  note: string | null = null;

  @IsInt()
  @Min(0)
  @Max(9)
  watts: number = 5;
}

class LampPatch extends PatchType(Lamp) {}

const patched = (value: object) => ({ ...validate(LampPatch, value) });

it('omits absent fields even if they have defaults, and accepts null where the class does', () => {
  expect(patched({})).toEqual({});
  expect(patched({ note: null, watts: 0 })).toEqual({ note: null, watts: 0 });
});

it.each([{ name: null }, { name: 'long' }, { watts: 10 }, { watts: null }])(
  'refuses values that the class refuses: %j',
  (body) => {
    expect(() => patched(body)).toThrow(ValidationFailed);
  },
);

it('does not change the class', () => {
  expect(() => validate(Lamp, {})).toThrow(ValidationFailed);
  expect({ ...validate(Lamp, { name: 'a' }) }).toEqual({ name: 'a', note: null, watts: 5 });
});

it('documents no field as required, and no default value', () => {
  const documented = Object.fromEntries(documentedProperties(LampPatch));
  expect(documented).toMatchObject({ name: { required: false }, watts: { required: false } });
  expect(documented['watts']).not.toHaveProperty('default');
});
