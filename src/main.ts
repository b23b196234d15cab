#!/usr/bin/env node
import { collectOnMainThread } from './start/garbage-collection.js';
import { catchSignals, exitOnSignals } from './start/signals.js';

const [, , command = 'serve', ...rest] = process.argv;

// before the rest is loaded: the first process of a container ignores signals without a listener
if (['serve', 'worker'].includes(command)) {
  catchSignals();
  collectOnMainThread();
} else {
  exitOnSignals();
}

const { runCommandLine } = await import('./commands/command-line.js');
await runCommandLine([command, ...rest]);
