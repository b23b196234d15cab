// A program whose shutdown never finishes. It handles signals like all programs of Aerie.
import { endOnSignals } from '../../dist/src/start/ending.js';

endOnSignals({ error: (problem) => console.log(String(problem)) }, 3000, () => new Promise(() => {}));
setInterval(() => {}, 1000);
console.log('It is there');
