import { readdirSync } from 'node:fs';

// In one file, so that what they test is loaded once for a mutant, and not by each of them.
const folder = 'src/kernel/validation';
for (const file of readdirSync(folder).toSorted())
  if (file.endsWith('.spec.ts')) await import(`../../${folder}/${file.replace(/ts$/, 'js')}`);
