import type { ExecutionContext } from '@nestjs/common';
import { lastValueFrom, of } from 'rxjs';
import { runAsActivity } from '../kernel/context/activity.js';
import type { RequestContext } from '../kernel/context/request-context.js';
import { requestReplica } from '../kernel/database/request-replica.js';
import { ReplicaRouting } from './replica-routing.js';
import type { Replicas } from './replicas.js';

const ADDRESS = '192.0.2.7';

/** Handles a request of a public route: it has no user. Returns the callers whose writes matter. */
async function callersOf(method: string, account: number | undefined): Promise<unknown> {
  const asked: unknown[] = [];
  const routing = new ReplicaRouting({
    recordWrite: (callers: string[]) => Promise.resolve(void asked.push(callers)),
    replicaFor: (callers: string[]) => Promise.resolve(void asked.push(callers)),
  } as unknown as Replicas);
  const context = { account, address: ADDRESS } as RequestContext;
  const request = { method, ip: ADDRESS, socket: {} };
  const execution = {
    switchToHttp: () => ({ getRequest: () => request }),
    getHandler: () => callersOf,
    getClass: () => Object,
  } as unknown as ExecutionContext;
  await lastValueFrom(routing.handle(context, execution, { handle: () => of(1) }));
  await runAsActivity(context, () => requestReplica());
  return asked[0];
}

it('a request with a token reads from a replica with the writes of its account, also on a public route', async () => {
  expect(await callersOf('GET', 7)).toEqual(['account 7', `anonymous ${ADDRESS}`]);
  expect(await callersOf('GET', undefined)).toEqual([`address ${ADDRESS}`]);
});

it('a write is recorded for the account or the anonymous client, and for the address', async () => {
  expect(await callersOf('POST', 7)).toEqual(['account 7', `address ${ADDRESS}`]);
  expect(await callersOf('POST', undefined)).toEqual([`anonymous ${ADDRESS}`, `address ${ADDRESS}`]);
});
