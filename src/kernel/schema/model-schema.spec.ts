import 'reflect-metadata';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsEnum,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Exclude, Expose, Type } from 'class-transformer';
import { ModelNames, modelSchemas } from './model-schema.js';
import { responseSerializer } from './response-serializer.js';

const classNamed = <T extends new () => object>(name: string, model: T): T =>
  Object.defineProperty(model, 'name', { value: name });

class ShownAddress {
  @ApiProperty()
  city!: string;
}

class PrivateAddress {
  @ApiProperty()
  city!: string;

  @ApiProperty()
  private_note!: string;
}

classNamed('AddressDto', ShownAddress);
classNamed('AddressDto', PrivateAddress);

class Staff {
  @ApiProperty({ type: () => PrivateAddress })
  address!: PrivateAddress;
}

class Guest {
  @ApiProperty({ type: () => ShownAddress })
  address!: ShownAddress;
}

class Visit {
  @ApiProperty({ type: () => Staff })
  staff!: Staff;

  @ApiProperty({ type: () => Guest })
  guest!: Guest;
}

describe('two classes of one name', () => {
  it('in one answer are refused, by their owners and with the remedy', () => {
    const message = /AddressDto.*Staff\.address.*Guest\.address.*rename one/;
    expect(() => new ModelNames().claim([Visit])).toThrow(message);
    expect(() => responseSerializer(Visit, false)({})).toThrow(message);
  });

  it('are refused across routes, too', () => {
    const names = new ModelNames();
    names.claim([Staff]);
    names.claim([Staff]);
    expect(() => names.claim([ShownAddress])).toThrow(/two classes are named AddressDto.*rename one/);
  });

  it('are one model if they say the same, as mapped types do', () => {
    const names = new ModelNames();
    names.claim([PartialType(Guest)]);
    expect(() => names.claim([PartialType(Guest)])).not.toThrow();
  });

  it('do not say the same when what is nested in them differs', () => {
    const one = PartialType(Guest);
    const other = classNamed(one.name, PartialType(Staff));
    expect(() => new ModelNames().claim([one, other])).toThrow(/AddressDto/);
  });
});
