// A program whose shutdown never finishes. It handles signals like all programs of Aerie.
import { shutDownOnSignals } from '../../dist/src/start/shutdown.js';

shutDownOnSignals({ error: (problem) => console.log(String(problem)) }, 3000, () => new Promise(() => {}));
setInterval(() => {}, 1000);
console.log('It is there');
