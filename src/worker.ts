import { work } from './start/work.js';

await work();
