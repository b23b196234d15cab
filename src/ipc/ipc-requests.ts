import cluster, { type Worker } from 'node:cluster';

// Requests between a primary process and its workers, over the IPC channels of node:cluster.

/**
 * The process at the other end of a channel: a worker, or for a worker its own `process`, which leads to the primary.
 */
export type Peer = Worker | NodeJS.Process;

type Message =
  | { readonly request: number; readonly topic: string; readonly content: unknown }
  | { readonly reply: number; readonly content: unknown };

type Handler = (content: never, from: Peer) => unknown;

interface PendingRequest {
  readonly to: Peer;
  readonly settle: (reply?: unknown) => void;
}

const handlers = new Map<string, Handler>();
const pending = new Map<number, PendingRequest>();
let lastId = 0;
let isListening = false;

/** Handles the requests with this topic. The reply is what `handler` returns, as JSON. */
export function handleRequests(topic: string, handler: Handler): void {
  handlers.set(topic, handler);
  listen();
}

/**
 * Sends a request and returns the reply; undefined if there is none within `timeoutMs`, or if the worker disconnects.
 */
export function sendRequest<R>(to: Peer, topic: string, content: unknown, timeoutMs: number): Promise<R | undefined> {
  listen();
  const request = lastId++;
  return new Promise((resolve) => {
    const settle = (reply?: unknown) => {
      clearTimeout(timer);
      pending.delete(request);
      resolve(reply as R | undefined);
    };
    const timer = setTimeout(settle, timeoutMs).unref();
    pending.set(request, { to, settle });
    send(to, { request, topic, content }, settle);
  });
}

export function connectedWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected() === true) as Worker[];
}

function send(to: Peer, message: Message, failed?: () => void): void {
  to.send!(message, undefined, undefined, (error) => error && failed?.());
}

function listen(): void {
  if (isListening) return;
  isListening = true;
  if (cluster.isWorker) process.on('message', (message) => receive(process, message));
  cluster.on('message', receive);
  cluster.on('disconnect', (worker: Worker) => {
    for (const { to, settle } of pending.values()) if (to === worker) settle();
  });
}

/** Messages of other kinds are ignored, and so are requests that nothing handles yet. */
function receive(from: Peer, message: unknown): void {
  if (typeof message !== 'object' || message === null) return;
  const known = message as Message;
  if ('reply' in known) pending.get(known.reply)?.settle(known.content);
  else if ('request' in known) void replyTo(from, known.request, handlers.get(known.topic), known.content);
}

async function replyTo(from: Peer, request: number, handler: Handler | undefined, content: unknown): Promise<void> {
  if (handler) send(from, { reply: request, content: await handler(content as never, from) });
}
