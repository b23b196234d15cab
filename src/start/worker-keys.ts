import { connectedWorkers, handleRequests, sendRequest, type Peer } from '../ipc/ipc-requests.js';
import type { Config, Keys } from '../config/config.js';
import { KEYS_SO_FAR, NEW_KEYS, type KeysMessage } from './keys.js';

/** How long a worker has to confirm new keys. */
const HEARD_WITHIN_MS = 5000;

/** Tells the workers of a primary the keys that it has read since it forked them. */
export class WorkerKeys {
  private last: KeysMessage | undefined;
  /** Workers that handle messages about keys. Others are still starting, and ask for the last one before they serve. */
  private readonly informed = new WeakSet<Peer>();

  constructor(private readonly config: Config) {
    handleRequests(KEYS_SO_FAR, (_, worker) => this.inform(worker));
  }

  /** Informs a worker that serves, if it has not asked: an older build does not. */
  onServing(worker: Peer): void {
    if (!this.informed.has(worker)) void this.inform(worker);
  }

  /**
   * Changes the keys in two steps. First all workers accept tokens that are signed with any old or new key. Then they
   * sign with the new key, and every other worker already accepts those tokens. Calls `between` between the steps: from
   * then on, workers may be forked with the new keys.
   */
  async change(newConfig: Config, between: () => void): Promise<void> {
    const { JWT_SECRET } = this.config.values;
    const others = new Set([...this.config.secrets, ...newConfig.secrets]);
    others.delete(JWT_SECRET);
    await this.tell({ JWT_SECRET, JWT_RETIRED_SECRETS: [...others] }, newConfig);
    between();
    await this.tell(newConfig.values, newConfig);
    this.config.changeKeys(newConfig.values);
  }

  private async inform(worker: Peer): Promise<void> {
    this.informed.add(worker);
    if (this.last) await sendRequest(worker, NEW_KEYS, this.last, HEARD_WITHIN_MS);
  }

  private async tell({ JWT_SECRET, JWT_RETIRED_SECRETS }: Keys, { values }: Config): Promise<void> {
    const message: KeysMessage = { keys: { JWT_SECRET, JWT_RETIRED_SECRETS }, LOG_LEVEL: values.LOG_LEVEL };
    this.last = message;
    const informed = connectedWorkers().filter((worker) => this.informed.has(worker));
    await Promise.all(informed.map((worker) => sendRequest(worker, NEW_KEYS, message, HEARD_WITHIN_MS)));
  }
}
