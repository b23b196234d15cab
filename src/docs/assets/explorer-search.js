/** The search box: finds operations by tag, path, method, summary or operationId. Swagger UI's own knows tag and path. */
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
            placeholder: 'Search operations: a word, a path or a method',
            'aria-label': 'Search operations',
            value: typeof phrase === 'string' ? phrase : '',
            onChange: (event) => layoutActions.updateFilter(event.target.value),
          }),
        );
      },
  },
};

/** Each word must be found somewhere in the operation or in the name of its group. */
function opsFilter(groups, phrase) {
  const words = String(phrase).toLowerCase().split(/\s+/).filter(Boolean);
  const found = (text) => words.every((word) => text.toLowerCase().includes(word));
  return groups
    .map((group, tag) =>
      group.update('operations', (list) => list.filter((entry) => found(`${tag} ${described(entry)}`))),
    )
    .filter((group) => group.get('operations').size > 0);
}

function described(entry) {
  const operation = entry.get('operation');
  return [entry.get('method'), entry.get('path'), operation.get('summary'), operation.get('operationId')].join(' ');
}
