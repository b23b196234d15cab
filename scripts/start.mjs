import './build-if-needed.mjs';

await import('../dist/src/main.js');
