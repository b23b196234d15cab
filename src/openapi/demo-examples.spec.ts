import { addDemoExamples, type DemoExamples } from './demo-examples.js';
import type { Operation } from './operation.js';

const getPost = (): Operation => ({
  operationId: 'getPost',
  parameters: [
    { name: 'post_id', in: 'path', schema: {}, example: 1 },
    { name: 'page', in: 'query', schema: {} },
  ],
  responses: {},
});

const declared = (examples: DemoExamples) => new Map([['src/posts/posts.demo.ts', examples]]);

describe('addDemoExamples', () => {
  it('adds the id of the row and its required state', () => {
    const operation = getPost();
    addDemoExamples([operation], declared({ getPost: { ids: { post_id: 7 }, requires: { status: ['new'] } } }));
    expect(operation).toMatchObject({ parameters: [{ example: 7 }, {}], 'x-requires': { status: ['new'] } });
  });

  it('throws for unknown operations and parameters, and names the file', () => {
    const examples = { readPost: {}, getPost: { ids: { page: 2, user_id: 1 } } };
    expect(() => addDemoExamples([getPost()], declared(examples))).toThrow(
      [
        'src/posts/posts.demo.ts has an example for readPost, which is not an operation',
        'src/posts/posts.demo.ts has an example of page for getPost, which has no such path parameter',
        'src/posts/posts.demo.ts has an example of user_id for getPost, which has no such path parameter',
      ].join('\n'),
    );
  });
});
