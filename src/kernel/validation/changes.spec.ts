import { changesOf } from './changes.js';

describe('changesOf', () => {
  it('omits absent fields, and keeps null and all other values', () => {
    const patch = { name: undefined, description: null, stock: 0, title: '', on: false };
    expect(changesOf(patch, {})).toEqual({ description: null, stock: 0, title: '', on: false });
    expect(Object.keys(changesOf(patch, {}))).not.toContain('name');
  });

  it('returns an empty object for a patch without fields', () => {
    expect(changesOf({}, {})).toEqual({});
  });
});
