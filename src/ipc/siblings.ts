import { connectedWorkers, handleRequests, sendRequest } from './ipc-requests.js';
import cluster from 'node:cluster';

// Requests of a worker to all other workers, which the primary forwards.

const TOPIC = 'siblings';
/** Workers that do not reply in this time are left out. */
const TIMEOUT_MS = 1000;

interface SiblingRequest {
  readonly topic: string;
  readonly content: unknown;
}

/**
 * Returns the replies of all other workers, which need a handler for the topic. Empty in a process that is not a
 * worker.
 */
export async function askSiblings<R>(topic: string, content: unknown): Promise<R[]> {
  if (!cluster.isWorker) return [];
  return (await sendRequest<R[]>(process, TOPIC, { topic, content }, 2 * TIMEOUT_MS)) ?? [];
}

/** Forwards such requests to the other workers. For the primary. */
export function relaySiblingRequests(): void {
  handleRequests(TOPIC, async ({ topic, content }: SiblingRequest, from) => {
    const others = connectedWorkers().filter((worker) => worker !== from);
    const replies = await Promise.all(others.map((worker) => sendRequest(worker, topic, content, TIMEOUT_MS)));
    return replies.filter((reply) => reply !== undefined && reply !== null);
  });
}
