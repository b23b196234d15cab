import 'reflect-metadata';
import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import type { FieldError } from '../errors/validation-failed.js';
import { assertModel, check } from './validate.js';
import type { Source } from './validation-run.js';

const trimmed = ({ value }: { value: unknown }) => (value as string).trim();
const SEEN: object[] = [];

class Address {
  @Transform(trimmed)
  @IsString()
  @MaxLength(5)
  city!: string;
}

class Pet {
  @Transform((given) => {
    SEEN.push(given);
    return given.value as unknown;
  })
  @Transform(trimmed)
  @IsString()
  @MaxLength(5)
  name!: string;

  @IsOptional()
  @Transform(({ value }) => (value === 'yes' ? true : (value as unknown)))
  @IsBoolean()
  tame?: boolean;

  @IsOptional()
  @Transform(({ value }: { value: unknown }) => value ?? 7)
  @IsInt()
  @Min(0)
  @Max(9)
  lives?: number;

  @IsOptional()
  @Transform(() => 'answers only', { toPlainOnly: true })
  @Transform(() => 'a group only', { groups: ['admin'] })
  @IsString()
  @MaxLength(20)
  note?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  home?: Address;

  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value : [value]) as unknown[])
  @IsArray()
  @IsString({ each: true })
  @MaxLength(5, { each: true })
  tags?: string[];

  @Exclude()
  @IsOptional()
  @IsString()
  @MaxLength(5)
  role?: string;

  @Exclude({ toClassOnly: true })
  owner = 'nobody';

  @Exclude({ toPlainOnly: true })
  @IsOptional()
  @IsString()
  @MaxLength(5)
  pin?: string;
}

function judge(value: object, source: Source = 'json'): { pet: Pet | undefined; errors: FieldError[] } {
  const errors: FieldError[] = [];
  return { pet: check(Pet, { tags: [], ...value }, ['body'], source, errors), errors };
}

describe('@Transform()', () => {
  it('converts a value before it is validated', () => {
    SEEN.splice(0);
    const { pet } = judge({ name: '  Tom  ', tame: 'yes', note: 'b', home: { city: ' Ulm ' } });
    expect(pet).toMatchObject({ name: 'Tom', tame: true, note: 'b', home: { city: 'Ulm' } });
    expect(pet!.home).toBeInstanceOf(Address);
    expect(SEEN).toEqual([
      { value: '  Tom  ', key: 'name', obj: expect.objectContaining({ name: '  Tom  ' }), type: 0, options: {} },
    ]);
  });

  it.each<Source>(['params', 'form'])('converts text from %s, too', (source) => {
    expect(judge({ name: ' Tom ', tame: 'yes', tags: 'a' }, source).pet).toMatchObject({
      name: 'Tom',
      tame: true,
      tags: ['a'],
    });
  });

  it.each([5, null, [], {}, true])('that throws leaves the value unchanged for validation: %j', (name) => {
    const { pet, errors } = judge({ name });
    expect(pet).toBeUndefined();
    expect(errors).toMatchObject([{ type: 'string_type', loc: ['body', 'name'], input: name }]);
  });

  it('does not run for absent fields, as in class-transformer', () => {
    expect(judge({}).errors).toMatchObject([{ type: 'missing', loc: ['body', 'name'] }]);
    const { pet } = judge({ name: 'Tom' });
    expect(Object.keys(pet!).toSorted()).toEqual(['name', 'owner', 'tags']);
  });

  it('has its result validated', () => {
    expect(judge({ name: ' too long ' }).errors).toMatchObject([{ type: 'string_too_long' }]);
  });

  it('cannot be asynchronous', () => {
    class Late {
      @Transform(async ({ value }: { value: unknown }) => Promise.resolve(value))
      @IsString()
      @MaxLength(5)
      name!: string;
    }
    expect(() => assertModel(Late)).toThrow('Late.name has an asynchronous @Transform');
  });
});

describe('@Exclude()', () => {
  it('makes a field ignored in input, except with { toPlainOnly: true }', () => {
    const { pet } = judge({ name: 'Tom', role: 'admin', owner: 'me', pin: '1234' });
    expect(pet).toMatchObject({ name: 'Tom', owner: 'nobody', pin: '1234' });
    expect(pet).not.toHaveProperty('role');
  });
});

describe('@Expose()', () => {
  it('cannot rename a field or use groups', () => {
    class Renamed {
      @Expose({ name: 'full_name' })
      @IsString()
      @MaxLength(5)
      fullName!: string;
    }
    class Grouped {
      @Expose({ groups: ['admin'] })
      @IsString()
      @MaxLength(5)
      role!: string;
    }
    expect(() => assertModel(Renamed)).toThrow(/Renamed\.fullName has @Expose.*name the property full_name/);
    expect(() => assertModel(Grouped)).toThrow(/Grouped\.role has @Expose with groups/);
  });

  it('is accepted without options, or for responses only', () => {
    class Shown {
      @Expose()
      @IsString()
      @MaxLength(5)
      name!: string;

      @Expose({ name: 'loud', toPlainOnly: true })
      @IsString()
      @MaxLength(5)
      quiet!: string;
    }
    expect(() => assertModel(Shown)).not.toThrow();
  });
});

describe('a documented property without a validation decorator', () => {
  it('is refused', () => {
    class Half {
      @IsString()
      @MaxLength(5)
      a!: string;

      @ApiProperty()
      b?: string;
    }
    expect(() => assertModel(Half)).toThrow(/Half\.b has no validation decorator.*add one/);
  });

  it('is refused if only the compiler plugin documents it', () => {
    class Half {
      static _OPENAPI_METADATA_FACTORY = () => ({ a: {}, b: { required: false } });

      @IsString()
      @MaxLength(5)
      a!: string;

      b?: string;
    }
    expect(() => assertModel(Half)).toThrow(/Half\.b has no validation decorator/);
  });

  it('is accepted if it is hidden, excluded or for responses only', () => {
    class Whole {
      @IsString()
      @MaxLength(5)
      a!: string;

      @ApiHideProperty()
      b?: string;

      @ApiProperty()
      @Exclude()
      c?: string;

      @ApiProperty({ readOnly: true })
      d?: string;

      @ApiProperty()
      get e(): string {
        return this.a;
      }
    }
    expect(() => assertModel(Whole)).not.toThrow();
  });
});
