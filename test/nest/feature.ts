import type { DynamicModule, INestApplication, ModuleMetadata, NestApplicationOptions, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

type Create = (root: Type, adapter: AbstractHttpAdapter, options: NestApplicationOptions) => Promise<INestApplication>;

/** A feature as an application of Nest's documentation has it: a module, and what its main.ts would do. */
export interface Feature {
  readonly module: Type | DynamicModule;
  readonly options?: NestApplicationOptions;
  /** What main.ts does between create() and listen(). */
  readonly configure?: (app: NestExpressApplication) => unknown;
  /** Instead of NestFactory.create(), as with a testing module. */
  readonly create?: Create;
  /** What Aerie has already and stock Nest lacks. */
  readonly stock?: (settings: { databaseUrl: string }) => NonNullable<ModuleMetadata['imports']>;
  /** What it shows of itself to its test: the notes that it takes, for instance. */
  readonly probe?: unknown;
}

export const defineFeature = (feature: Feature): Feature => feature;
