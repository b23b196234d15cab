import { ClassSerializerInterceptor, Controller, Get, Module, SerializeOptions, UseInterceptors } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { of } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

class Role {
  id = 1;
  name: string;

  constructor(name: string) {
    this.name = name;
  }
}

class Person {
  id = 1;
  firstName = 'Ada';
  lastName = 'Lovelace';
  born = new Date(0);

  @Exclude()
  password = 'secret';

  @Expose({ groups: ['admin'] })
  salary = 7;

  @Transform(({ value }: { value: Role }) => value.name)
  role = new Role('admin');

  @Type(() => Role)
  roles = [new Role('a')];

  @Expose()
  get fullName(): string {
    return `${this.firstName} ${this.lastName}`;
  }
}

@Public()
@ApiExcludeController()
@Controller('people')
@UseInterceptors(ClassSerializerInterceptor)
class PeopleController {
  @Get('one')
  one() {
    return new Person();
  }

  @Get('list')
  list() {
    return Promise.resolve([new Person()]);
  }

  @Get('later')
  later() {
    return of(new Person());
  }

  @Get('admin')
  @SerializeOptions({ groups: ['admin'] })
  admin() {
    return new Person();
  }

  @Get('without')
  @SerializeOptions({ excludePrefixes: ['first', 'last', 'role'] })
  without() {
    return new Person();
  }

  @Get('typed')
  @SerializeOptions({ type: Person })
  typed() {
    return { password: 'secret', firstName: 'Grace', role: new Role('user') };
  }

  @Get('plain')
  plain() {
    return { password: 'is not one of a class' };
  }

  @Get('spread')
  spread() {
    return { person: new Person() };
  }
}

@Module({ controllers: [PeopleController] })
class PeopleModule {}

export default defineFeature({ module: PeopleModule });
