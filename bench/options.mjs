import { parseArgs } from 'node:util';
import { MOST_REQUESTS } from './load.mjs';

const OPTIONS = {
  large: { type: 'boolean', default: false },
  routes: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  requests: { type: 'string', default: '6000' },
  profile: { type: 'string' },
  transfers: { type: 'boolean', default: false },
  huge: { type: 'boolean', default: false },
  overload: { type: 'boolean', default: false },
  outside: { type: 'boolean', default: false },
  against: { type: 'string' },
  'no-write': { type: 'boolean', default: false },
};

/** What the command line asks for. Throws for an unknown flag and a number that is none. */
export function options(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const count = (name, most = Infinity) => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new Error(`--${name} takes a whole number from 1${most < Infinity ? ` to ${most}` : ''}`);
  };
  return {
    large: values.large,
    routes: values.routes?.split(','),
    rounds: count('rounds'),
    requests: count('requests', MOST_REQUESTS),
    profile: values.profile,
    overload: values.overload,
    outside: values.outside,
    transfers: values.transfers,
    huge: values.huge,
    against: values.against,
    write: !values['no-write'],
  };
}
