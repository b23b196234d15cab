import type { DynamicModule, INestApplication, ModuleMetadata, NestApplicationOptions, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

type Create = (root: Type, adapter: AbstractHttpAdapter, options: NestApplicationOptions) => Promise<INestApplication>;

/** A feature as in an application from Nest's documentation: a module, and what its main.ts would do. */
export interface Feature {
  readonly module: Type | DynamicModule;
  readonly options?: NestApplicationOptions;
  /** What main.ts does between create() and listen(). */
  readonly configure?: (app: NestExpressApplication) => unknown;
  /** Creates the application instead of NestFactory.create(), for instance with a testing module. */
  readonly create?: Create;
  /** Returns the modules that stock Nest needs because it lacks what Aerie has built in. */
  readonly stock?: (settings: { databaseUrl: string }) => NonNullable<ModuleMetadata['imports']>;
  /** Data that the feature exposes to its test, such as recorded events. */
  readonly probe?: unknown;
}

export const defineFeature = (feature: Feature): Feature => feature;
