import { ClassSerializerInterceptor, Controller, Get, Module, SerializeOptions, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class City {
  @ApiProperty({ example: 'London', description: 'Its name' })
  @Expose()
  name: string;

  secret = 'secret';

  constructor(name: string) {
    this.name = name;
  }
}

/** Shows only what is exposed, with the strategy of the route. */
class Person {
  @ApiProperty({ example: 1, description: 'Its id' })
  @Expose()
  id: number = 1;

  @ApiProperty({ example: 'ADA', description: 'The name, louder' })
  @Expose()
  @Transform(({ value }: { value: string }) => value.toUpperCase())
  name: string = 'Ada';

  @ApiProperty({ type: () => City, description: 'Where they live' })
  @Expose()
  @Type(() => City)
  city: City = new City('London');

  password = 'secret';
}

/** Shows only what is exposed, with its own strategy. */
@Exclude()
class Strict {
  @ApiProperty({ example: 'Ada', description: 'The name' })
  @Expose()
  name: string = 'Ada';

  @ApiProperty({ description: 'Never shown' })
  password: string = 'secret';
}

/** What an ORM returns. */
class Account {
  _revision = 7;
  first = 'Ada';
  last = 'Lovelace';

  @Exclude()
  password = 'secret';

  @Expose()
  get name(): string {
    return `${this.first} ${this.last}`;
  }
}

class AccountResponse {
  @ApiProperty({ example: 'Ada Lovelace', description: 'The whole name' })
  name!: string;
}

@Public()
@ApiTags('serialized')
@Controller('serialized')
@UseInterceptors(ClassSerializerInterceptor)
@SerializeOptions({ strategy: 'excludeAll' })
class SerializedController {
  @Get('one')
  @ApiOperation({ summary: 'Is an instance.' })
  @Returns(Person)
  one() {
    return new Person();
  }

  @Get('list')
  @ApiOperation({ summary: 'Is a list of instances.' })
  @Returns([Person])
  list() {
    return [new Person(), new Person()];
  }

  @Get('typed')
  @SerializeOptions({ type: Person, strategy: 'excludeAll' })
  @ApiOperation({ summary: 'Is a plain object.' })
  @Returns(Person)
  typed() {
    return { id: 2, name: 'Grace', city: { name: 'Paris', secret: 'secret' }, password: 'secret' };
  }

  @Get('strict')
  @SerializeOptions({})
  @ApiOperation({ summary: 'Is an instance of a class with its own strategy.' })
  @Returns(Strict)
  strict() {
    return new Strict();
  }

  @Get('account')
  @SerializeOptions({ excludePrefixes: ['_'] })
  @ApiOperation({ summary: 'Is an instance of another class.' })
  @Returns(AccountResponse)
  account() {
    return new Account();
  }
}

@Module({ controllers: [SerializedController] })
class SerializedModule {}

export default defineFeature({ module: SerializedModule });
