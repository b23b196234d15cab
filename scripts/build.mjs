// `npm run build`. Every start also builds if needed, but has other arguments.
import { command } from './command.mjs';

command('npm run build', 'Build Aerie, unless dist/ is up to date.').parse();
await import('./build-if-needed.mjs');
