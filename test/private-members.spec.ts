import 'reflect-metadata';
import * as constants from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { Body, Controller, Get, Header, HttpCode, Param, Query, Redirect, Res, UseInterceptors } from '@nestjs/common';
import {
  ApiExcludeController,
  ApiExcludeEndpoint,
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  DECORATORS,
} from '@nestjs/swagger';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import {
  AnyFilesInterceptor,
  FileFieldsInterceptor,
  FileInterceptor,
  FilesInterceptor,
  NoFilesInterceptor,
} from '@nestjs/platform-express';
import { Type } from 'class-transformer';
import express from 'express';
import pg from 'pg';
import { QUEUES } from 'pg-boss/dist/timekeeper.js';
import utils from 'pg/lib/utils.js';
import { takesMultipart } from '../src/kernel/http/multipart.js';
import { IS_LISTED } from '../src/jobs/job-row.entity.js';

const memberOf = ({ prototype }: { prototype: object }, name: string) => Reflect.get(prototype, name) as object;

// Each of these is no public interface, and is listed in ARCHITECTURE.md: an update that takes it away must be noticed here.

const handler = () => {};

it('Express has its routes in router.stack, with path, methods and handlers', () => {
  const app = express();
  app.get(['/things', '/things/:id'], handler);
  const { stack } = app.router as unknown as {
    stack: { route?: { path: unknown; methods: object; stack: { handle: unknown }[] } }[];
  };
  const { route } = stack.at(-1)!;
  expect([route!.path, Object.keys(route!.methods), route!.stack[0]!.handle]).toEqual([
    ['/things', '/things/:id'],
    ['get'],
    handler,
  ]);
});

it('Nest keeps what its decorators say under these keys', () => {
  class Routes {
    @Get('a')
    @HttpCode(202)
    @Header('X-A', 'b')
    @Redirect('/b', 307)
    read(
      @Param('id') _id: string,
      @Query() _query: object,
      @Body() _body: object,
      @Res({ passthrough: true }) _response: object,
    ) {}
  }
  const { METHOD_METADATA, PATH_METADATA, HTTP_CODE_METADATA, HEADERS_METADATA, REDIRECT_METADATA } = constants;
  const of = (key: string) => Reflect.getMetadata(key, memberOf(Routes, 'read')) as unknown;
  expect([of(METHOD_METADATA), of(PATH_METADATA), of(HTTP_CODE_METADATA)]).toEqual([0, 'a', 202]);
  expect([of(HEADERS_METADATA), of(REDIRECT_METADATA)]).toEqual([
    [{ name: 'X-A', value: 'b' }],
    { statusCode: 307, url: '/b' },
  ]);
  expect(Reflect.getMetadata(constants.RESPONSE_PASSTHROUGH_METADATA, Routes, 'read')).toBe(true);
  const args = Reflect.getMetadata(constants.ROUTE_ARGS_METADATA, Routes, 'read') as Record<
    string,
    { index: number; data?: unknown }
  >;
  const kinds = {
    [RouteParamtypes.PARAM]: 0,
    [RouteParamtypes.QUERY]: 1,
    [RouteParamtypes.BODY]: 2,
    [RouteParamtypes.RESPONSE]: 3,
  };
  for (const [kind, index] of Object.entries(kinds)) expect(args[`${kind}:${index}`]).toMatchObject({ index });
  expect(args[`${RouteParamtypes.PARAM}:0`]!.data).toBe('id');
});

it('swagger keeps what its decorators say under these keys', () => {
  class Model {
    @ApiProperty({ type: String, description: 'd' })
    name!: string;
  }
  @ApiExtraModels(Model)
  @ApiExcludeController()
  @Controller()
  class Routes {
    @ApiOperation({ operationId: 'own' })
    @ApiExcludeEndpoint()
    read() {}
  }
  expect(Reflect.getMetadata(DECORATORS.API_EXCLUDE_CONTROLLER, Routes)).toEqual([true]);
  expect(Reflect.getMetadata(DECORATORS.API_EXCLUDE_ENDPOINT, memberOf(Routes, 'read'))).toEqual({ disable: true });
  expect(Reflect.getMetadata(DECORATORS.API_EXTRA_MODELS, Routes)).toEqual([Model]);
  expect(Reflect.getMetadata(DECORATORS.API_OPERATION, memberOf(Routes, 'read'))).toMatchObject({ operationId: 'own' });
  expect(Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, Model.prototype)).toEqual([':name']);
  expect(Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, Model.prototype, 'name')).toMatchObject({
    description: 'd',
  });
});

it('class-transformer knows the class of a nested field', () => {
  class Inner {}
  class Outer {
    @Type(() => Inner)
    inner!: Inner;
  }
  expect(defaultMetadataStorage.findTypeMetadata(Outer, 'inner')?.typeFunction()).toBe(Inner);
});

it('pg has what prepared statements are made with', () => {
  const client = new pg.Client();
  const { connection } = client as unknown as {
    connection: { parsedStatements: object; parse: unknown; stream: object };
  };
  expect([typeof connection.parse, connection.parsedStatements, typeof connection.stream]).toEqual([
    'function',
    {},
    'object',
  ]);
  expect(utils.prepareValue(new Date(0))).toMatch(/^1970-01-01T|^1969-12-31T/);
});

it('pg-boss keeps the jobs of its scheduler in this queue', () => {
  expect(IS_LISTED).toContain(`'${QUEUES.SEND_IT}'`);
});

it.each([
  ['AnyFilesInterceptor', AnyFilesInterceptor()],
  ['FileFieldsInterceptor', FileFieldsInterceptor([{ name: 'a' }])],
  ['FileInterceptor', FileInterceptor('a')],
  ['FilesInterceptor', FilesInterceptor('a')],
  ['NoFilesInterceptor', NoFilesInterceptor()],
])("multer's %s asks for the options of its module", (_, interceptor) => {
  class Other {
    intercept() {}
  }
  @UseInterceptors(Other, new Other() as never)
  class Routes {
    @UseInterceptors(interceptor)
    upload() {}
    other() {}
  }
  expect(takesMultipart(Routes, memberOf(Routes, 'upload'), [])).toBe(true);
  expect(takesMultipart(Routes, memberOf(Routes, 'other'), [])).toBe(false);
});
