import { DOCUMENT_URL } from './explorer-document.js';
import { foldingPlugin } from './explorer-folding.js';
import { loginPlugin, restoreLogin } from './explorer-login.js';
import { navigationPlugin } from './explorer-navigation.js';
import { prefillPlugin, requestInterceptor, responseInterceptor } from './explorer-prefill.js';
import { resolvePlugin } from './explorer-resolve.js';
import { searchPlugin } from './explorer-search.js';
import { SNIPPETS, snippetsPlugin } from './explorer-snippets.js';

const { SwaggerUIBundle, matchMedia } = globalThis;

// Swagger UI's dark theme follows the system only in the standalone layout, which has its own top bar.
const dark = matchMedia('(prefers-color-scheme: dark)');
const followSystem = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followSystem);
followSystem();

const explorer = SwaggerUIBundle({
  url: DOCUMENT_URL,
  domNode: document.getElementById('explorer'),
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [
    () => loginPlugin,
    () => prefillPlugin,
    () => navigationPlugin,
    () => searchPlugin,
    () => foldingPlugin,
    () => snippetsPlugin,
    resolvePlugin,
  ],
  requestInterceptor,
  responseInterceptor,
  layout: 'BaseLayout',
  oauth2RedirectUrl: new URL('docs/oauth2-redirect', location.href).href,
  validatorUrl: null, // the default sends the document to a validator on another host
  persistAuthorization: false, // it would store the password; explorer-login.js keeps the token only
  deepLinking: true,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
  requestSnippets: SNIPPETS,
  filter: true,
  tryItOutEnabled: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 3,
});

restoreLogin(explorer);
