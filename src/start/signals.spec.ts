import { catchReload, catchSignals, end, endBy, onReload, POLITE } from './signals.js';

const { jest } = import.meta;

it('remembers a SIGUSR2 that arrives before workers can be replaced', () => {
  catchReload();
  process.emit('SIGUSR2');
  const reload = jest.fn();
  onReload(reload);
  expect(reload).toHaveBeenCalledTimes(1);
  process.emit('SIGUSR2');
  expect(reload).toHaveBeenCalledTimes(2);
});

it('the first signal does not cut off an end that began for another reason, but the second does', () => {
  jest.useFakeTimers();
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  catchSignals();
  endBy({ stop: () => new Promise(() => {}), preStopMs: 0, logger: { error: console.error, fatal: console.error } });
  void end({ ...POLITE, isSucceeded: true });
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
