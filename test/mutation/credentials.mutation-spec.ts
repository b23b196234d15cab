import { readdirSync } from 'node:fs';

const folder = 'src/auth';
for (const file of readdirSync(folder).toSorted())
  if (file.endsWith('.spec.ts')) await import(`../../${folder}/${file.replace(/ts$/, 'js')}`);
await import('../../src/kernel/http/access.spec.js');
