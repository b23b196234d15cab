/** What the test environment gives every e2e file. */
interface RunningApp {
  readonly url: string;
  /** Its log lines, parsed. */
  readonly logs: Record<string, unknown>[];
  stop(): Promise<void>;
}

declare const baseUrl: string;
declare const databaseUrl: string;
declare const dataDir: string;
declare const logs: Record<string, unknown>[];
/** The OpenAPI document as JSON. */
declare const openapi: string;
/**
 * Every answer is judged by the document, and a 500 fails the test, unless the test says that it provokes so many; then
 * it fails if they do not come.
 */
declare function expectServerErrors(count?: number): void;
/**
 * Another application on the same database; `providers` replaces the providers of these names, a function by what it makes
 * of the application's DataSource.
 */
declare function startApp(options?: {
  env?: Record<string, string>;
  providers?: {
    Mailer?: object;
    Clock?: { now(): number };
    ItemsService?: (source: import('typeorm').DataSource) => object;
    PostsService?: (source: import('typeorm').DataSource) => object;
  };
}): Promise<RunningApp>;
/** Stops the application at baseUrl: its workers would take jobs that a test means for its own application. */
declare function stopApp(): Promise<void>;
/** An application with features of test/nest. */
interface RunningNest extends RunningApp {
  readonly app: import('@nestjs/common').INestApplication;
  readonly document: import('@nestjs/swagger').OpenAPIObject;
  /** What the features' `probe` shows. */
  readonly probe: unknown;
}

/** Starts the application with features: `cats/cats` is that of test/nest/cats/cats.feature.ts. */
declare function startNest(...features: string[]): Promise<RunningNest>;
/** Whether the features run on stock Nest (NEST_STOCK=1) instead of Aerie. */
declare const nestStock: boolean;
