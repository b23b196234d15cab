import type { Config, Keys } from '../kernel/config/config.js';
import { ConfigurationError, loadConfig } from '../kernel/config/config.js';
import { changedSecrets } from '../kernel/config/config.secrets.js';
import type { Logger } from '../kernel/logging/logger.js';
import { onHangUp } from './signals.js';

/** What the primary tells its workers: the keys from now on. */
interface KeysMessage {
  readonly keys: Keys;
}

/** What a worker answers. */
export const KEYS_TAKEN = 'keys taken';

/** What is done with secrets that were read again. */
interface Reading {
  /** Takes the keys of tokens. */
  readonly take: (anew: Config) => void | Promise<void>;
  /** When others are used, as the end of a sentence. */
  readonly others: string;
}

/**
 * On SIGHUP the files of secrets are read again: the keys of tokens change at once, other secrets only with connections
 * that are made anew. What is not a good configuration as a whole changes nothing.
 */
export function rereadOnHangUp(config: Config, logger: Logger, { take, others }: Reading): void {
  let turn = Promise.resolve();
  const readAgain = async () => {
    const read = loadConfig();
    const anew = read.values.DATABASE_URL === undefined ? read.withDatabase(config.databaseUrl) : read;
    const changed = changedSecrets(config.values, anew.values);
    const rest = changed.filter((name) => !name.startsWith('JWT_'));
    await take(anew);
    logger.log(rest.length < changed.length ? 'The token keys have changed' : 'The token keys are unchanged');
    if (rest.length > 0) logger.warn(`${rest.join(', ')}: what has changed is used ${others}`);
  };
  onHangUp(() => {
    turn = turn.then(readAgain).catch((error: unknown) => {
      const why = error instanceof ConfigurationError ? error.problems.join('; ') : String(error);
      logger.error(`The secrets are unchanged: ${why}`);
    });
  });
}

/** In a worker: takes the keys that the primary has read. */
export function takeKeys(config: Config): void {
  onHangUp(() => {}); // it is for the primary; a terminal sends it to all
  process.on('message', (message) => {
    if (!isKeysMessage(message)) return;
    config.changeKeys(message.keys);
    process.send?.(KEYS_TAKEN);
  });
}

function isKeysMessage(message: unknown): message is KeysMessage {
  return typeof message === 'object' && message !== null && 'keys' in message;
}
