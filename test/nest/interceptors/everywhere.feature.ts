import { ClassSerializerInterceptor, Controller, Get, Module, Patch, Post } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Exclude, Expose } from 'class-transformer';
import { Page } from '../../../src/kernel/database/page.js';
import { created, ResponseWithHeaders } from '../../../src/kernel/http/response-with-headers.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Person {
  @ApiProperty()
  id!: number;

  @ApiProperty({ type: String, format: 'date-time' })
  born!: Date;

  @Exclude()
  password = 'secret';

  @ApiProperty()
  @Expose()
  get loud(): string {
    return `PERSON ${this.id}`;
  }
}

class Letter {
  @ApiProperty()
  body!: string;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  headers!: Record<string, string>;
}

const person = (id: number): Person => Object.assign(new Person(), { id, born: new Date(0) });

@Public()
@ApiTags('everywhere')
@Controller('everywhere')
class EverywhereController {
  @Get('page')
  @ApiOperation({ summary: 'Lists persons.' })
  @Returns([Person], { headers: { Link: 'Other pages.', 'X-Total-Count': 'The number of persons.' } })
  page() {
    return new Page([person(1), person(2)], { next: 'abc', skip: 0, limit: 2, total: 7 });
  }

  @Post('created')
  @ApiOperation({ summary: 'Adds a person.' })
  @Returns(Person, { status: 201, headers: { Location: 'Path of the person.' } })
  created() {
    return created(person(3), '/everywhere/3');
  }

  @Patch('changed')
  @ApiOperation({ summary: 'Changes a person.' })
  @Returns(Person, { headers: { 'X-Changes': 'The number of changes.' } })
  changed() {
    return new ResponseWithHeaders(person(4), { 'X-Changes': '2' });
  }

  @Get('letter')
  @ApiOperation({ summary: 'Shows an object that looks like a response with headers.' })
  @Returns(Letter)
  letter() {
    return { body: 'Dear Ada', headers: { From: 'Grace' } };
  }
}

@Module({
  controllers: [EverywhereController],
  providers: [{ provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor }],
})
class EverywhereModule {}

export default defineFeature({ module: EverywhereModule });
