/** Links to the groups of operations, next to them or, on a narrow screen, above them. */
export const navigationPlugin = {
  wrapComponents: {
    operations: (Original, system) => {
      const { createElement: h } = system.React;
      return function OperationsWithNavigation(props) {
        const tags = system.specSelectors.taggedOperations().keySeq().toArray();
        const link = (tag) => h('li', { key: tag }, h('a', { href: `#/${tag}`, onClick: show(system, tag) }, tag));
        return h(
          'div',
          { className: 'with-navigation' },
          tags.length > 1 && h('nav', { 'aria-label': 'Groups of operations' }, h('ul', null, tags.map(link))),
          h('div', { className: 'operations' }, h(Original, props)),
        );
      };
    },
  },
};

/** Opens the group and scrolls to it. Swagger UI follows its own links only when the page is loaded. */
function show({ layoutActions }, tag) {
  return (event) => {
    event.preventDefault();
    layoutActions.show(['operations-tag', tag], true);
    history.replaceState(null, '', `#/${tag}`);
    document.querySelector(`.opblock-tag[data-tag="${CSS.escape(tag)}"]`)?.scrollIntoView();
  };
}
