// Serves this build on the schema as it is. `npm start` would migrate it first.
import { loadConfig } from '../../dist/src/config/config.js';
import { serverUrl } from '../../dist/src/config/server-address.js';
import { serve } from '../../dist/src/start/serve.js';

const config = loadConfig();
await serve(config, async () => {});
console.log(`  API  ${serverUrl(config.host, config.values.PORT)}`);
