import { InvalidArgumentError, Option } from 'commander';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command, whole } from '../scripts/command.mjs';
import { SIZES } from './data.mjs';
import { MOST_REQUESTS } from './load.mjs';
import { routes } from './routes.mjs';

/** Kinds of measurements that exclude each other. */
const KINDS = ['overload', 'outside', 'transfers', 'mixed', 'features', 'sizing'];

/** Returns the options of the command line. Ends the process if they are wrong. */
export function options(argv) {
  return command('npm run bench --', 'Compare Aerie with the floor, and write the results to bench/RESULTS.md.')
    .option('--large', 'use the large data')
    .option('--huge', 'use the huge data (for --transfers)')
    .option('--routes <WORD,…>', 'only routes whose name contains one of these words', wordsOfRoutes)
    .option('--rounds <N>', 'number of rounds', whole(1), 5)
    .option('--requests <N>', 'number of requests per round', whole(1, MOST_REQUESTS), 6000)
    .option('--against <CHECKOUT>', 'also measure another checkout', builtCheckout)
    .option('--no-write', 'do not write RESULTS.md')
    .addOption(new Option('--profile <WORD>', 'profile a route').argParser(wordOfRoute).conflicts(KINDS))
    .addOption(new Option('--overload', 'measure more load than Aerie can handle').conflicts(KINDS.slice(1)))
    .addOption(new Option('--outside', 'measure all processes from outside').conflicts(KINDS.slice(2)))
    .addOption(new Option('--transfers', 'measure exports and downloads').conflicts(KINDS.slice(3)))
    .addOption(new Option('--mixed', 'measure reads during expensive requests').conflicts(KINDS.slice(4)))
    .addOption(
      new Option('--features', 'measure what metrics, the rate limit and traces cost').conflicts(KINDS.slice(5)),
    )
    .addOption(new Option('--sizing', 'try loads with memory limits (as root)'))
    .parse(argv)
    .opts();
}

/** Some names contain the number of a page, which depends on the size of the data. */
const NAMES = Object.values(SIZES).map((size) => routes(size).map(({ name }) => name));

function wordsOfRoutes(text) {
  return text.split(',').map(wordOfRoute);
}

function wordOfRoute(word) {
  if (NAMES.flat().some((name) => name.includes(word))) return word;
  throw new InvalidArgumentError(`No route has the word "${word}" in its name. Routes: ${NAMES[0].join('; ')}.`);
}

function builtCheckout(folder) {
  if (existsSync(join(folder, 'dist/src/main.js'))) return folder;
  throw new InvalidArgumentError('It must be a folder with a built Aerie.');
}
