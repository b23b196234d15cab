import 'reflect-metadata';
import { createHash } from 'node:crypto';
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
  PartialType,
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
import {
  getMetadataStorage,
  IsOptional,
  Length,
  ValidateNested,
  ValidationTypes,
  type ValidationArguments,
} from 'class-validator';
import express from 'express';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { QUEUES } from 'pg-boss/dist/timekeeper.js';
import { takesMultipart } from '../../src/kernel/http/multipart.js';
import { IS_LISTED } from '../../src/jobs/job-row.entity.js';
import { nodes, sources, specifierOf } from '../support/sources.js';
import { packageText, swaggerUi } from './swagger-ui.js';

const memberOf = ({ prototype }: { prototype: object }, name: string) => Reflect.get(prototype, name) as object;

// These members are not public APIs. ARCHITECTURE.md lists them, and these tests fail if an update removes one.

const ARCHITECTURE = readFileSync('ARCHITECTURE.md', 'utf8');
const [, TABLE = ''] = /^## Private members that are touched\n((?:\|.*\n)+)/m.exec(ARCHITECTURE) ?? [];
const LINES = TABLE.trimEnd().split('\n').slice(2);
const CELLS = LINES.map((line) => line.split('|').map((cell) => cell.trim()));
const ROWS = CELLS.map((cells) => cells.slice(1, 4) as [string, string, string]);
const PRODUCT = sources('src').filter(({ path }) => !path.endsWith('.spec.ts'));

const installedRelease = (name: string) =>
  (JSON.parse(packageText(`${name}/package.json`)) as { version: string }).version;

/** ReDoc is not an installed package: a script downloads its only file. */
const redocRelease = () => /'redoc@([\d.]+)'/.exec(readFileSync('scripts/redoc.mjs', 'utf8'))?.[1];

describe('the list in ARCHITECTURE.md', () => {
  const packages = ROWS.filter(([, name]) => name !== 'Node');

  it.each(packages)('%s of %s was checked against the installed release', (_members, name, release) => {
    expect(release).toBe(name === 'redoc' ? redocRelease() : installedRelease(name));
  });

  /** A file inside a package, other than its entry point. */
  const INSIDE = /^(?:@[^/]+\/[^/]+|(?!node:)[^@./][^/]*)\/./;

  it('contains every internal file of a package that the sources import', () => {
    const imported = PRODUCT.flatMap(({ tree }) => [...nodes(tree)].flatMap((node) => specifierOf(node) ?? []));
    const inside = [...new Set(imported.filter((specifier) => INSIDE.test(specifier)))];
    expect(inside.length).toBeGreaterThan(2);
    expect(inside.filter((specifier) => !TABLE.includes(`\`${specifier}\``))).toEqual([]);
  });

  it('contains every member with a leading underscore that the sources use', () => {
    const touched = PRODUCT.flatMap(({ text }) => text.match(/(?<=[.?!]\.?|\[')_[A-Za-z]\w*|(?<=\{ )_[A-Z]\w*/g) ?? []);
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter((name) => !TABLE.includes(`\`${name}\``))).toEqual([]);
  });
});

const handler = () => {};

it('Express stores its routes in router.stack, with path, methods and handlers', () => {
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

it('Nest stores the metadata of its decorators under these keys', () => {
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

it('swagger stores the metadata of its decorators under these keys', () => {
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

it('class-transformer stores the class of a nested field', () => {
  class Inner {}
  class Outer {
    @Type(() => Inner)
    inner!: Inner;
  }
  expect(defaultMetadataStorage.findTypeMetadata(Outer, 'inner')?.typeFunction()).toBe(Inner);
});

it('class-validator stores its rules in these fields', () => {
  class Model {
    @Length(2, 5, { each: true, message: 'm' })
    @IsOptional()
    names!: string[];
    @ValidateNested()
    inner!: object;
  }
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(Model, '', false, false);
  const length = rules.find(({ name }) => name === 'isLength')!;
  expect(length).toMatchObject({ target: Model, propertyName: 'names', constraints: [2, 5], each: true, message: 'm' });
  expect(rules.map(({ propertyName, type }) => [propertyName, type])).toEqual(
    expect.arrayContaining([
      ['names', ValidationTypes.CUSTOM_VALIDATION],
      ['names', ValidationTypes.CONDITIONAL_VALIDATION],
      ['inner', ValidationTypes.NESTED_VALIDATION],
    ]),
  );
  const [constraint] = storage.getTargetValidatorConstraints(length.constraintCls);
  const judged = (value: string) =>
    constraint!.instance.validate(value, { constraints: [2, 5] } as ValidationArguments);
  expect([judged('abc'), judged('a'), constraint!.async]).toEqual([true, false, false]);
});

it('the swagger plugin and mapped types store the types of properties on the class', () => {
  class Model {
    static _OPENAPI_METADATA_FACTORY = () => ({ name: { type: () => String } });
  }
  const Mapped = PartialType(Model) as typeof Model;
  expect(Object.keys(Mapped._OPENAPI_METADATA_FACTORY())).toEqual(['name']);
});

it('the PostgreSQL driver of TypeORM has its replica pools in slaves', () => {
  const source = new DataSource({ type: 'postgres', driver: { Pool: pg.Pool } });
  expect(source.driver).toBeInstanceOf(PostgresDriver);
  expect((source.driver as PostgresDriver).slaves).toEqual([]);
});

it('a pg client has the property processID', () => expect(new pg.Client()).toHaveProperty('processID', null));

it('pg-boss uses this queue for the jobs of its scheduler', () => {
  expect(IS_LISTED).toContain(`'${QUEUES.SEND_IT}'`);
});

it.each([
  ['AnyFilesInterceptor', AnyFilesInterceptor()],
  ['FileFieldsInterceptor', FileFieldsInterceptor([{ name: 'a' }])],
  ['FileInterceptor', FileInterceptor('a')],
  ['FilesInterceptor', FilesInterceptor('a')],
  ['NoFilesInterceptor', NoFilesInterceptor()],
])('a route that uses %s is detected as multipart, and no other route is', (_, interceptor) => {
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

it('Swagger UI has the components, actions and functions that the explorer wraps or calls', () => {
  const { getComponents, authActions, layoutActions, layoutSelectors, specSelectors, fn } = swaggerUi();
  const wrapped = 'oauth2 parameterRow RequestBody FilterContainer operations response headers'.split(' ');
  const components = wrapped.map((name) => getComponents(name));
  const { authorizeOauth2, logout, showDefinitions } = authActions;
  const called = [authorizeOauth2, logout, showDefinitions, layoutActions['updateFilter'], fn['resolveSubtree']];
  const asked = [layoutSelectors['currentFilter'], specSelectors['taggedOperations'], fn['opsFilter']];
  const members = [...components, ...called, ...asked];
  expect(members.map((one) => typeof one)).toEqual(members.map(() => 'function'));
});

it('ReDoc contains the logo that is removed, and the style whose hash is in its content security policy', () => {
  const bundle = readFileSync('src/docs/assets/redoc.standalone.js', 'utf8');
  expect(bundle).toContain('https://cdn.redoc.ly/redoc/logo-mini.svg');
  const style = bundle.slice(bundle.indexOf('".ps{'));
  const hash = createHash('sha256').update(style.slice(0, style.indexOf(']),')));
  expect(hash.digest('base64')).toBe('j/EJzuELNdi7rkQwaNcEA29Y0BSoQ93dBgk3e1en7Ds='); // with its source map
});
