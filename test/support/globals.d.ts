/** A running application under test. */
interface RunningApp {
  readonly url: string;
  /** The application's log lines, parsed. */
  readonly logs: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** The URL of the application. In test/nest and test/recipes: of the one that was started last. */
declare const baseUrl: string;
declare const databaseUrl: string;
declare const dataDir: string;
declare const logs: Record<string, unknown>[];
/** The OpenAPI document as JSON. */
declare const openapi: string;
/**
 * Expects `count` answers with status 500 (default 1) before the test ends. Any other 500 fails the test, as does every
 * answer that violates the OpenAPI document.
 */
declare function expectServerErrors(count?: number): void;
type Made = object | ((source: import('typeorm').DataSource) => object);
/**
 * Starts another application on the same database, with its own environment variables. `providers` replaces providers
 * by class name, and repositories by the name of their entity (`ItemRepository`). A value is the replacement, or a
 * function that creates it from the application's DataSource.
 */
declare function startApp(options?: {
  env?: Record<string, string>;
  providers?: { Clock?: { now(): number }; [name: string]: Made };
}): Promise<RunningApp>;
/** Stops the application at baseUrl. Its workers would take jobs that a test means for its own application. */
declare function stopApp(): Promise<void>;
/** An application with features of test/nest. */
interface RunningNest extends RunningApp {
  readonly app: import('@nestjs/common').INestApplication;
  readonly document: import('@nestjs/swagger').OpenAPIObject;
  /** The `probe` of the first feature that has one. */
  readonly probe: unknown;
}

/** Starts the application with features: `cats/cats` loads test/nest/cats/cats.feature.ts. */
declare function startNest(...features: string[]): Promise<RunningNest>;
/** Whether the features run on stock Nest (NEST_STOCK=1) instead of Aerie. */
declare const nestStock: boolean;
/** Starts the application with recipes: `api-key` loads test/recipes/api-key.ts. Aerie and the recipes read `env`. */
declare function startRecipes(names: readonly string[], env?: Record<string, string>): Promise<RunningNest>;
