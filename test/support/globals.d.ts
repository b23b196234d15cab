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
/** Another application on the same database; `providers` replaces the providers of these names. */
declare function startApp(options?: {
  env?: Record<string, string>;
  providers?: { Mailer?: object; Clock?: { now(): number } };
}): Promise<RunningApp>;
