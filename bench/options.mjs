import { Option } from 'commander';
import { command, whole } from '../scripts/command.mjs';
import { MOST_REQUESTS } from './load.mjs';

/** Kinds of measurements that exclude each other. */
const KINDS = ['overload', 'outside', 'transfers', 'mixed', 'features', 'sizing'];

/** Returns the options of the command line. Ends the process if they are wrong. */
export function options(argv) {
  return command('npm run bench --', 'Compare Aerie with the floor, and write the results to bench/RESULTS.md.')
    .option('--large', 'use the large data')
    .option('--huge', 'use the huge data (for --transfers)')
    .option('--routes <WORD,…>', 'only routes whose name contains one of these words', (text) => text.split(','))
    .option('--rounds <N>', 'number of rounds', whole(1), 5)
    .option('--requests <N>', 'number of requests per round', whole(1, MOST_REQUESTS), 6000)
    .option('--against <CHECKOUT>', 'also measure another checkout')
    .option('--no-write', 'do not write RESULTS.md')
    .addOption(new Option('--profile <WORD>', 'profile a route').conflicts(KINDS))
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
