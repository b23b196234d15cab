import { catchSignals, setShutdownHandler, shutDown, hangUp, GRACEFUL, reload, DeferredSignal } from './signals.js';

const { jest } = import.meta;

it.each([
  ['SIGUSR2', reload],
  ['SIGHUP', hangUp],
] as const)('remembers a %s that arrives before its work is known', (name, signal) => {
  signal.catch();
  process.emit(name);
  const work = jest.fn();
  signal.handle(work);
  expect(work).toHaveBeenCalledTimes(1);
  process.emit(name);
  expect(work).toHaveBeenCalledTimes(2);
});

const caught = () => ['SIGHUP', 'SIGUSR2'].map((name) => process.listenerCount(name));

it('neither SIGHUP nor SIGUSR2 ends a process that has just started', () => {
  const before = caught();
  catchSignals();
  expect(caught()).toEqual(before.map((count) => count + 1));
});

it('a SIGHUP that arrived before its work is known ends the process if there is no work for it', () => {
  const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  const signal = new DeferredSignal('SIGHUP');
  signal.catch();
  const listeners = process.listenerCount('SIGHUP');
  process.emit('SIGHUP');
  expect(kill).not.toHaveBeenCalled();
  signal.endProcess();
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGHUP']]);
  expect(process.listenerCount('SIGHUP')).toBe(listeners - 1);
  kill.mockRestore();
});

it('the first signal does not cut off an end that began for another reason, but the second does', () => {
  jest.useFakeTimers();
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  catchSignals();
  setShutdownHandler({
    stop: () => new Promise(() => {}),
    preStopMs: 0,
    logger: { error: console.error, fatal: console.error },
  });
  void shutDown({ ...GRACEFUL, hasSuccessor: true });
  jest.advanceTimersByTime(5000);
  process.emit('SIGTERM');
  expect(exit).not.toHaveBeenCalled();
  jest.advanceTimersByTime(400);
  process.emit('SIGTERM'); // the same one, forwarded by another process
  expect(exit).not.toHaveBeenCalled();
  jest.advanceTimersByTime(5000);
  process.emit('SIGTERM');
  expect(exit.mock.calls).toEqual([[1]]);
  jest.useRealTimers();
});
