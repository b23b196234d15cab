import type { Server } from 'node:http';

/** Judges the answers of servers, and fails the test that runs. */
export class Judge {
  /** What is wrong since it was last asked. */
  problems: string[];
  /** How often each operation gave each of its documented statuses: `GET /users 200`. */
  seen: Record<string, number>;
  documented: string[];
  watch(server: Server, document: object, options?: { docs?: boolean }): void;
  expectServerErrors(count?: number): void;
  handle(event: { name: string; test?: { errors: unknown[] } }, state: { unhandledErrors: unknown[] }): void;
}
