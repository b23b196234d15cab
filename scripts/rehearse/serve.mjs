// Serves this build on the schema as it is. `npm start` would migrate it first.
import { loadConfig } from '../../dist/src/config/config.js';
import { serve } from '../../dist/src/start/serve.js';

console.log(`  API  ${await serve(loadConfig(), async () => {})}`);
