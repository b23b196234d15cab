import { Gauge } from '../kernel/common/instruments.js';
import type { ReplicaState } from './replica.js';

// Metrics of the read replicas: their state, and how far they are behind. A replica's label is its place in
// DATABASE_REPLICA_URLS.

const LAG = new Gauge({
  name: 'aerie_replica_lag_seconds',
  help: 'Minimum lag of a replica behind the primary. Absent while it does not respond.',
  labels: ['replica'],
  isShared: true,
});
const STATE = new Gauge({
  name: 'aerie_replica_state',
  help: '1 for the current state of a replica, 0 for the other states. Only replicas in state ok are used.',
  labels: ['replica', 'state'],
  isShared: true,
});

const STATES: readonly ReplicaState[] = ['ok', 'late', 'unavailable', 'no replica'];

interface Reported {
  readonly state: ReplicaState;
  readonly lag_ms: number | null;
}

/** Registers the gauges of the replicas and returns a function that unregisters them. */
export function registerReplicaGauges(reported: () => readonly Reported[]): () => void {
  const numbered = () => reported().map(({ state, lag_ms }, i) => ({ state, lag_ms, replica: String(i + 1) }));
  const unwatch = [
    LAG.addCallback(() =>
      numbered().flatMap(({ replica, lag_ms }) =>
        lag_ms === null ? [] : [{ labels: { replica }, value: lag_ms / 1000 }],
      ),
    ),
    STATE.addCallback(() =>
      numbered().flatMap(({ replica, state }) =>
        STATES.map((one) => ({ labels: { replica, state: one }, value: Number(one === state) })),
      ),
    ),
  ];
  return () => unwatch.forEach((end) => end());
}
