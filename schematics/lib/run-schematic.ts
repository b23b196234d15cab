import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { logging } from '@angular-devkit/core';
import { NodeWorkflow } from '@angular-devkit/schematics/tools/index.js';
import { Refusal } from './refusal.ts';

/** A file that a schematic has changed. */
export interface Written {
  readonly verb: string;
  readonly path: string;
  /** The new text. Empty for deleted files. */
  readonly content: string;
}

const VERBS = { create: 'Created', update: 'Changed', delete: 'Deleted', rename: 'Renamed' } as const;

/** The changes of a schematic, and its messages. */
export interface Outcome {
  readonly written: readonly Written[];
  readonly said: readonly string[];
}

/** Runs a schematic of this collection on the project in a folder. Throws a Refusal before anything is written. */
export async function runSchematic(
  schematic: string,
  words: readonly string[],
  { dryRun = false, folder = process.cwd() } = {},
): Promise<Outcome> {
  if (!existsSync(join(folder, 'src/app.module.ts')))
    throw new Refusal(
      'There is no src/app.module.ts in this folder: run the command in the root folder of the project',
    );
  const workflow = new NodeWorkflow(folder, { dryRun });
  const written: Written[] = [];
  workflow.reporter.subscribe((event) => {
    if (event.kind === 'error') throw new Error(`${event.path}: ${event.description}`);
    const path = event.kind === 'rename' ? event.to : event.path;
    const content = 'content' in event ? Buffer.from(event.content).toString() : '';
    written.push({ verb: VERBS[event.kind], path: path.replace(/^\//, ''), content });
  });
  const said: string[] = [];
  const logger = new logging.Logger('generator');
  logger.subscribe(({ message }) => said.push(message));
  const collection = join(import.meta.dirname, '../collection.json');
  await new Promise<void>((resolve, reject) => {
    workflow
      .execute({ collection, schematic, options: { words }, logger })
      .subscribe({ error: reject, complete: resolve });
  });
  return { written, said };
}
