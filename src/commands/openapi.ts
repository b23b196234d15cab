import { writeFileSync } from 'node:fs';
import { createApp } from '../app.js';
import { run } from './run.js';

await run('npm run openapi', 0, async (config) => {
  const { app, document } = await createApp(config);
  writeFileSync('openapi.json', `${JSON.stringify(document, null, 2)}\n`);
  await app.close();
  return 'Written: openapi.json';
});
