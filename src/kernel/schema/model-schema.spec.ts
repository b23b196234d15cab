import 'reflect-metadata';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Exclude, Expose } from 'class-transformer';
import { Max } from 'class-validator';
import { ModelRegistry, modelSchema } from './model-schema.js';
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

describe('two classes with the same name', () => {
  it('in one response are refused with a message that contains their owners and the remedy', () => {
    const message = /AddressDto.*Staff\.address.*Guest\.address.*rename one/;
    expect(() => new ModelRegistry().add([Visit])).toThrow(message);
    expect(() => responseSerializer(Visit, false)({})).toThrow(message);
  });

  it('are refused across routes, too', () => {
    const registry = new ModelRegistry();
    registry.add([Staff]);
    registry.add([Staff]);
    expect(() => registry.add([ShownAddress])).toThrow(/has two models with the name AddressDto.*rename one/);
  });

  it('are accepted if their schemas are equal, as those of mapped types', () => {
    const registry = new ModelRegistry();
    registry.add([PartialType(Guest)]);
    expect(() => registry.add([PartialType(Guest)])).not.toThrow();
  });

  it('are refused if their rules differ', () => {
    class Few {
      @ApiProperty()
      @Max(3)
      count!: number;
    }
    class Many {
      @ApiProperty()
      @Max(9)
      count!: number;
    }
    const other = classNamed('Few', Many);
    expect(() => new ModelRegistry().add([Few, other])).toThrow(/two models with the name Few/);
  });

  it('are refused if only the last of many choices differs', () => {
    const choices = Array.from({ length: 101 }, (_, n) => `choice ${n}`);
    class One {
      @ApiProperty({ enum: choices })
      choice!: string;
    }
    class Two {
      @ApiProperty({ enum: [...choices.slice(0, -1), 'another'] })
      choice!: string;
    }
    expect(() => new ModelRegistry().add([One, classNamed('One', Two)])).toThrow(/two models with the name One/);
  });

  it('are refused if their nested models differ', () => {
    const one = PartialType(Guest);
    const other = classNamed(one.name, PartialType(Staff));
    expect(() => new ModelRegistry().add([one, other])).toThrow(/AddressDto/);
  });
});

describe('a model', () => {
  it('cannot have the name that is reserved for validation errors', () => {
    const model = classNamed('ValidationError', class extends Guest {});
    expect(() => new ModelRegistry().add([model])).toThrow(/ValidationError.*rename it/);
  });
});

class Account {
  @ApiProperty()
  name!: string;

  @ApiProperty()
  @Exclude()
  hash!: string;

  @ApiProperty()
  @Exclude({ toPlainOnly: true })
  note!: string;

  @ApiProperty()
  @Exclude({ toClassOnly: true })
  id!: number;

  @ApiProperty()
  @Expose({ groups: ['admin'] })
  forGroups!: string;
}

@Exclude()
class Closed {
  @ApiProperty()
  @Expose()
  shown!: string;

  @ApiProperty()
  hidden!: string;
}

const names = (model: new () => object, use: 'request' | 'response') =>
  Object.keys(modelSchema(model, use).properties!);

describe('@Exclude()', () => {
  it('removes a property from requests or responses, according to its options', () => {
    expect(names(Account, 'response')).toEqual(['name', 'id']); // and nothing for groups, since no group is ever active
    expect(names(Account, 'request')).toEqual(['name', 'note', 'forGroups']);
  });

  it('on a class removes all properties except those with @Expose()', () => {
    expect(names(Closed, 'response')).toEqual(['shown']);
    expect(names(Closed, 'request')).toEqual(['shown']);
  });

  it('applies to the serialized response', () => {
    const account = { name: 'Ada', hash: 'x', note: 'y', id: 1, forGroups: 'z' };
    expect(responseSerializer(Account, false)(account)).toBe('{"name":"Ada","id":1}');
  });
});
