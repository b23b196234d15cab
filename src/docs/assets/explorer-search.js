import { bodyWordsOf, choicesOf, operationAt } from './explorer-document.js';

/**
 * The search box: finds operations by words in the method, path, summary, description, parameters and fields of the body
 * with their possible values, and tag. Swagger UI's own search covers only tag and path.
 */
export const searchPlugin = {
  fn: { opsFilter },
  wrapComponents: {
    FilterContainer: (_Original, { React: { createElement: h }, layoutSelectors, layoutActions }) =>
      function Search() {
        const phrase = layoutSelectors.currentFilter();
        return h(
          'div',
          { className: 'filter wrapper', role: 'search' },
          h('input', {
            className: 'operation-filter-input',
            type: 'search',
            placeholder: 'Search: word, path or method',
            'aria-label': 'Search operations',
            value: typeof phrase === 'string' ? phrase : '',
            onChange: (event) => layoutActions.updateFilter(event.target.value),
          }),
        );
      },
    operations: (Original, { React: { createElement: h }, layoutSelectors, specSelectors }) =>
      function Operations(props) {
        const phrase = layoutSelectors.currentFilter();
        const isNone = typeof phrase === 'string' && phrase !== '' && specSelectors.taggedOperations().size === 0;
        return isNone ? h('p', { className: 'no-match', role: 'status' }, 'No operations match') : h(Original, props);
      },
  },
};

/** Common terms for which the document uses other words. */
const SYNONYMS = new Map(
  Object.entries({
    login: ['sign in', 'sign-in', 'signs in'],
    logout: ['sign out', 'ends a session'],
    signup: ['sign up', 'creates an account'],
    register: ['sign up', 'creates an account'],
    upload: ['import'],
    '2fa': ['second factor', 'totp'],
    mfa: ['second factor', 'totp'],
    pagination: ['page'],
    paging: ['page'],
    product: ['item'],
    products: ['items'],
    article: ['/posts'],
    blog: ['/posts'],
    buy: ['places an order'],
    checkout: ['places an order'],
    refund: ['cancels an order'],
    ban: ['disables an account'],
    block: ['disables an account'],
    jwt: ['signs in', 'new tokens'],
    apikey: ['/access-tokens'],
    'api-key': ['/access-tokens'],
  }),
);

/** Each word must be found somewhere in the operation or in the name of its group. */
function opsFilter(groups, phrase) {
  const words = String(phrase).toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map((group, tag) =>
      group.update('operations', (list) =>
        list.filter((entry) => {
          const [path, method] = [entry.get('path'), entry.get('method')];
          return isFound(words, `${tag} ${textOf(path, method)}`, path);
        }),
      ),
    )
    .filter((group) => group.get('operations').size > 0);
}

export function isFound(words, text, path) {
  const where = text.toLowerCase();
  return words.every(
    (word) =>
      [word, ...(SYNONYMS.get(word) ?? [])].some((one) => where.includes(one)) || leadsTo(word, path.toLowerCase()),
  );
}

/** Whether a word is an address from a log or a browser (`/users/7`, `/users/:id`) that begins like this path. */
function leadsTo(word, path) {
  const parts = word
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/[?#].*/, '')
    .split('/');
  const known = path.split('/');
  if (parts[0] !== '' || parts.length < 2 || parts.length > known.length) return false;
  const last = parts.length - 1;
  return parts.every((part, i) =>
    known[i].startsWith('{') ? part !== '' : i === last ? known[i].startsWith(part) : known[i] === part,
  );
}

/** All words in the document about an operation. */
export function textOf(path, method) {
  const { summary, description, operationId, parameters = [], ...rest } = operationAt(path, method) ?? {};
  const fields = parameters.map((one) => [one.name, one.description ?? '', ...choicesOf(one.schema)].join(' '));
  return [method, path, summary, description, operationId, ...fields, ...bodyWordsOf(rest)].join(' ');
}
