// A program whose way to stop comes to no end. What it is told by a signal it takes as all programs of Aerie do.
import { endOnSignals } from '../../dist/src/start/ending.js';

endOnSignals({ error: (problem) => console.log(String(problem)) }, 3000, () => new Promise(() => {}));
setInterval(() => {}, 1000);
console.log('It is there');
