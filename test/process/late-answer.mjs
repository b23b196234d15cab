// Throws twice what response.ts throws if a documented handler writes from a callback: before and after the headers.
import { UndeclaredResponseError } from '../../dist/src/kernel/http/message-classes.js';
import { shutDownOnSignals } from '../../dist/src/start/shutdown.js';

const logger = { error: (error, what) => console.log('logged', what ?? error) };
shutDownOnSignals(logger, 0, () => Promise.resolve(true));
const failing = { response: { headersSent: false }, fail: (error) => console.log('failed', error.message) };
const begun = { response: { headersSent: true, destroy: () => console.log('destroyed') } };
setTimeout(() => {
  throw new UndeclaredResponseError('first', failing);
});
setTimeout(() => {
  throw new UndeclaredResponseError('second', begun);
}, 10);
setTimeout(() => console.log('alive'), 100);
