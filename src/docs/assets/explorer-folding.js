/**
 * Shows only the status and the description of error responses, and the rest when the user opens it; the same for
 * headers. An operation has ten responses, and readers usually look for one or two of them.
 */
export const foldingPlugin = {
  wrapComponents: {
    response: (Original, { React: { createElement: h, useState }, getComponent }) =>
      function Response(props) {
        const { code, className = '', response } = props;
        const [isOpen, setOpen] = useState(false);
        const isReceived = className !== ''; // the status of the latest response
        if (isOpen || isReceived || !/^[45]/.test(code)) return h(Original, props);
        const Markdown = getComponent('Markdown', true);
        return h(
          'tr',
          { className: 'response folded', 'data-code': code },
          h('td', { className: 'response-col_status' }, code),
          h(
            'td',
            { className: 'response-col_description' },
            h(Markdown, { source: response.get('description') ?? '' }),
            h(
              'button',
              {
                type: 'button',
                className: 'unfold',
                'aria-label': `Show details of ${code}`,
                onClick: () => setOpen(true),
              },
              'Details',
            ),
          ),
          h('td', { className: 'response-col_links' }),
        );
      },
    headers: (Original, { React: { createElement: h } }) =>
      function Headers(props) {
        const count = props.headers?.size ?? 0;
        if (count === 0) return null;
        const summary = h('summary', null, `Headers (${count})`);
        return h('details', { className: 'folded-headers' }, summary, h(Original, props));
      },
  },
};
