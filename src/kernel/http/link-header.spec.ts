import type { PageInfo } from '../database/page.js';
import { linkHeader } from './link-header.js';

const links = (url: string, edges: Partial<PageInfo> = {}) => linkHeader({ skip: 0, limit: 10, ...edges }, url);

describe('the links of a page', () => {
  it('contain only the first page if there is no next or previous page', () => {
    expect(links('/items')).toBe('</items>; rel="first"');
  });

  it('contain the next and previous pages that exist', () => {
    expect(links('/items', { next: '3.3' })).toBe('</items>; rel="first", </items?after=3.3>; rel="next"');
    expect(links('/items', { prev: '4.3' })).toBe('</items>; rel="first", </items?before=4.3>; rel="prev"');
    expect(links('/items', { prev: '4.3', next: '6.6' })).toBe(
      '</items>; rel="first", </items?before=4.3>; rel="prev", </items?after=6.6>; rel="next"',
    );
  });

  it.each(['page=7', 'after=9.9', 'before=9.9', 'page=7&after=9.9&before=9.9', 'page=7&page=8'])(
    'omit the position parameters of the request: %s',
    (position) => {
      expect(links(`/items?limit=3&${position}`, { next: '3.3' })).toBe(
        '</items?limit=3>; rel="first", </items?limit=3&after=3.3>; rel="next"',
      );
    },
  );

  it.each([
    ['search=a%20b', 'search=a+b'],
    ['search=a%26b%3Dc', 'search=a%26b%3Dc'],
    ['search=a>b', 'search=a%3Eb'],
    ['search="a"', 'search=%22a%22'],
    ['search=a?b?c', 'search=a%3Fb%3Fc'],
    ['search=%C3%A9', 'search=%C3%A9'],
    ['search=100%25', 'search=100%25'],
    ['search=%zz', 'search=%25zz'],
    ['search=', 'search='],
    ['search', 'search='],
    ['search=x&search=y', 'search=x&search=y'],
    ['', ''],
  ])('keep the other parameters, encoded: %s', (given, kept) => {
    const first = kept === '' ? '/items' : `/items?${kept}`;
    expect(links(`/items?${given}`)).toBe(`<${first}>; rel="first"`);
  });
});
