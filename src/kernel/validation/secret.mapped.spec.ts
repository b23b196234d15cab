import 'reflect-metadata';
import { IntersectionType, OmitType, PartialType, PickType } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { PatchType } from './patch-type.js';
import { isSecret, MASK, Secret } from './secret.js';
import { check } from './validate.js';

class Label {
  @IsString()
  @MaxLength(5)
  label!: string;
}

class Proof {
  @Secret({ ambiguous: true })
  @IsString()
  @MaxLength(5)
  proof!: string;

  @IsString()
  @MaxLength(5)
  note!: string;
}

class Redeclared extends Proof {
  @IsString()
  @MaxLength(4)
  declare proof: string;
}

class Patch extends PatchType(Proof) {}

it.each([
  PartialType(Proof),
  PickType(Proof, ['proof']),
  OmitType(Proof, ['note']),
  IntersectionType(Label, Proof),
  Patch,
  PartialType(PickType(Redeclared, ['proof'])),
])('a secret with an ambiguous name is also a secret in a mapped type: %p', (model) => {
  const errors: FieldError[] = [];
  check(model as new () => object, { label: 'x', note: 'x', proof: 'too long' }, ['body'], 'json', errors);
  expect(errors).toMatchObject([{ loc: ['body', 'proof'], input: MASK }]);
  expect([isSecret(model, 'proof'), isSecret(model, 'note')]).toEqual([true, false]);
});
