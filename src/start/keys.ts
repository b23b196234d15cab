import { handleRequests, sendRequest } from '../ipc/ipc-requests.js';
import type { Config, Keys } from '../config/config.js';
import { ConfigurationError, loadConfig } from '../config/config.js';
import type { Values } from '../config/config.variables.js';
import { changedSecrets } from '../config/config.files.js';
import type { Logger } from '../kernel/logging/logger.js';
import { hangUp } from './signals.js';

// Changed token keys and log levels: a SIGHUP reads them again, and a primary sends them to its workers.

/** The message from the primary to its workers: the new keys and the new log level. */
export interface KeysMessage {
  readonly keys: Keys;
  readonly LOG_LEVEL: Values['LOG_LEVEL'];
}

/** Log levels that show the message about a changed level. */
const SHOWN: ReadonlySet<string> = new Set(['info', 'debug', 'trace']);

/** The topic of the request with a KeysMessage, from the primary to a worker. */
export const NEW_KEYS = 'new keys';
/** The topic of a worker's request for the keys that have changed since it was forked. They arrive before the reply. */
export const KEYS_SO_FAR = 'keys so far';

/** A primary of an older build does not reply. It sends the keys after the worker has begun to serve. */
const REPLY_WITHIN_MS = 1000;

/** How changed secrets are applied. */
interface SecretsReload {
  /** Applies the new token keys. */
  readonly apply: (newConfig: Config) => void | Promise<void>;
  /** When the other secrets take effect, as the end of a sentence. */
  readonly others: string;
}

/**
 * Reads the files with secrets again on SIGHUP. Token keys and the log level change at once. Other secrets take effect
 * when `others` says, with new connections. If anything in the new configuration is invalid, nothing changes.
 */
export function reloadSecretsOnHangUp(config: Config, logger: Logger, { apply, others }: SecretsReload): void {
  let turn = Promise.resolve();
  const readAgain = async () => {
    const read = loadConfig();
    const newConfig = read.values.DATABASE_URL === undefined ? read.withDatabase(config.databaseUrl) : read;
    const changed = changedSecrets(config.values, newConfig.values);
    const rest = changed.filter((name) => !name.startsWith('JWT_'));
    await apply(newConfig);
    applyLogLevel(config, logger, newConfig.values);
    logger.log(rest.length < changed.length ? 'The token keys have changed' : 'The token keys are unchanged');
    if (rest.length > 0) logger.warn(`${rest.join(', ')}: new values are used ${others}`);
  };
  hangUp.handle(() => {
    turn = turn.then(readAgain).catch((error: unknown) => {
      const why = error instanceof ConfigurationError ? error.problems.join('; ') : String(error);
      logger.error(`The secrets are unchanged: ${why}`);
    });
  });
}

function applyLogLevel(config: Config, logger: Logger, { LOG_LEVEL }: Pick<Values, 'LOG_LEVEL'>): void {
  if (LOG_LEVEL === config.values.LOG_LEVEL) return;
  const what = `The log level changes from ${config.values.LOG_LEVEL} to ${LOG_LEVEL}`;
  logger.log(what); // shown if the old level includes it; otherwise logged again below
  const wasShown = SHOWN.has(config.values.LOG_LEVEL);
  config.changeLogLevel(LOG_LEVEL);
  if (!wasShown) logger.log(what);
}

/**
 * Applies the keys and the log level that the primary reads from now on, and those that it has read since it forked this
 * worker. Call it before the worker accepts requests: their tokens may already be signed with a new key.
 */
export async function receiveKeys(config: Config): Promise<void> {
  hangUp.handle(() => {}); // only the primary handles it, but a terminal sends it to all processes
  handleRequests(NEW_KEYS, ({ keys, LOG_LEVEL }: KeysMessage) => {
    config.changeKeys(keys);
    config.changeLogLevel(LOG_LEVEL);
  });
  await sendRequest(process, KEYS_SO_FAR, undefined, REPLY_WITHIN_MS);
}
