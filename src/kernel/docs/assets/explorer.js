import { loginPlugin, restoreLogin } from './explorer-login.js';
import { offersPlugin } from './explorer-offers.js';
import { resolvePlugin } from './explorer-resolve.js';
import { searchPlugin } from './explorer-search.js';

const { SwaggerUIBundle, matchMedia } = globalThis;

// Swagger UI has a dark theme, but no way to follow the system's wish.
const dark = matchMedia('(prefers-color-scheme: dark)');
const followSystem = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followSystem);
followSystem();

/** One server leaves nothing to choose: the select appears only when there are several. */
const serversPlugin = {
  wrapComponents: {
    ServersContainer: (Original, { React, specSelectors }) =>
      function Servers(props) {
        return specSelectors.servers()?.size > 1 ? React.createElement(Original, props) : null;
      },
  },
};

const explorer = SwaggerUIBundle({
  url: new URL('openapi.json', location.href).pathname,
  domNode: document.getElementById('explorer'),
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [() => loginPlugin, () => offersPlugin, () => searchPlugin, () => serversPlugin, resolvePlugin],
  layout: 'BaseLayout',
  oauth2RedirectUrl: new URL('docs/oauth2-redirect', location.href).href,
  validatorUrl: null, // the default asks a validator on another host
  persistAuthorization: false, // it would store the password; explorer-login.js keeps the token only
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 3,
});

restoreLogin(explorer);
