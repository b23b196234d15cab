import { changesOf } from './changes.js';

describe('changesOf', () => {
  it('leaves out what is absent, keeps null and every value', () => {
    const patch = { name: undefined, description: null, stock: 0, title: '', on: false };
    expect(changesOf(patch, {})).toEqual({ description: null, stock: 0, title: '', on: false });
    expect(Object.keys(changesOf(patch, {}))).not.toContain('name');
  });

  it('is empty for a patch without fields', () => {
    expect(changesOf({}, {})).toEqual({});
  });
});
