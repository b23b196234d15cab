import 'reflect-metadata';
import { IsOptional } from 'class-validator';
import { declaredFields } from '../kernel/validation/model-metadata.js';
import { IsDateTime } from '../kernel/validation/fields.js';
import { completeProperty } from './schema-rules.js';

class Founded {
  @IsDateTime()
  at!: Date;

  @IsOptional()
  @IsDateTime()
  until?: Date | null;
}

const schemaOf = (name: string, type: string | string[]) => {
  const { rules } = declaredFields(Founded).find((field) => field.name === name)!;
  return completeProperty(name, { type, format: 'date-time' }, rules, Founded);
};

it('a date-time property has a maximum length, and a nullable one keeps the type null', () => {
  expect(schemaOf('at', 'string')).toMatchObject({ type: 'string', format: 'date-time', maxLength: 64 });
  expect(schemaOf('until', ['string', 'null'])).toMatchObject({ type: ['string', 'null'], format: 'date-time' });
});
