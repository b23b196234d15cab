import { parseArgs } from 'node:util';

/** An option of a command. One with a `value` takes it as its argument. */
interface Option {
  readonly about: string;
  readonly value?: string;
  /** What the value has to look like. */
  readonly pattern?: RegExp;
}

/** How a command is called. */
export interface Usage {
  /** As it is typed: `npm run seed -- FILE.json`. */
  readonly call: string;
  /** A sentence. */
  readonly about: string;
  /** What it takes in this order, each of them required; in small letters a word that has to be there. */
  readonly positionals: readonly string[];
  readonly options?: Readonly<Record<string, Option>>;
  /** Whether only one of the options can be given. */
  readonly exclusive?: boolean;
  /** Whether it works on the embedded database alone. */
  readonly embeddedOnly?: boolean;
}

/** What a command was called with. */
export interface Given<U extends Usage> {
  readonly positionals: readonly string[];
  readonly options: {
    readonly [Name in keyof U['options']]?: U['options'][Name] extends { value: string } ? string : true;
  };
}

/** A command was called in another way than it can be. Nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Reader<U extends Usage> {
  readonly help: string;
  /** Throws a UsageError. */
  read(args: readonly string[]): Given<U> | 'help';
}

export function usageOf<U extends Usage>(usage: U): Reader<U> {
  const { call, positionals, exclusive = false } = usage;
  const options = Object.entries(usage.options ?? {});
  const refuse = (why?: string) => new UsageError([...(why ? [why] : []), `Usage: ${call}`].join('\n'));
  return {
    help: helpOf(usage),
    read(args) {
      if (args.includes('--help') || args.includes('-h')) return 'help';
      const given = parsed(args, options, refuse);
      for (const [name, { pattern }] of options) {
        const value = given.values[name];
        if (typeof value === 'string' && pattern?.test(value) === false) throw refuse();
      }
      const fits = (name: string, at: number) => !/^[a-z]/.test(name) || given.positionals[at] === name;
      if (given.positionals.length !== positionals.length || !positionals.every(fits)) throw refuse();
      if (exclusive && Object.keys(given.values).length > 1) throw refuse('Only one of its options can be given');
      return { positionals: given.positionals, options: given.values as Given<U>['options'] };
    },
  };
}

function parsed(args: readonly string[], options: readonly [string, Option][], refuse: (why: string) => UsageError) {
  const known = options.map(
    ([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const,
  );
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(known), allowPositionals: true });
  } catch (error) {
    throw refuse((error as Error).message.split('. ')[0]!);
  }
}

function helpOf({ call, about, options = {} }: Usage): string {
  const named = [
    ...Object.entries(options).map(([name, { value, about: what }]) => [`--${name}${value ? ` ${value}` : ''}`, what]),
    ['--help', 'says this'],
  ];
  const width = Math.max(...named.map(([name]) => name!.length));
  const lines = named.map(([name, what]) => `  ${name!.padEnd(width)}  ${what}`);
  return [`Usage: ${call}`, '', about, '', ...lines].join('\n');
}
