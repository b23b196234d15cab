import { buildSearch } from './search.js';

const parametersOf = (text: string) => buildSearch(['name'], [], text)?.parameters;
/** Returns how each word of the text is searched. */
const ways = (text: string) =>
  (buildSearch(['name'], [], text)?.condition ?? '')
    .split(' and ')
    .map((one) => (/show_trgm/.test(one) ? 'if possible' : /like/.test(one) ? 'by index' : 'in order'));

describe('a search', () => {
  it.each([' ', '\t \n', '\u00a0\u3000', '\ufeff'])(
    'for %j, which is white space only, searches for that text',
    (text) => {
      expect(buildSearch(['name'], [], text)!.parameters).toEqual({ word0: text, words: [] });
    },
  );

  it.each([''])('for the empty text %j has no condition', (text) => {
    expect(buildSearch(['name'], [], text)).toBeUndefined();
  });

  it.each([
    ['lamp', ['lamp']],
    ['lamp desk', ['lamp', 'desk']],
    ['  a   bcd ', ['bcd', 'a']],
    ['one\u00a0three\u3000fives', ['three', 'fives', 'one']],
    ['a a A', ['a', 'A']],
  ])('for %j searches for each word once, longest first', (text, words) => {
    expect(Object.values(parametersOf(text)!).flat()).toEqual(words);
  });

  it('searches for each word in every column', () => {
    expect(buildSearch(['name', 'email'], [], 'ann lee')!.condition).toBe(
      '(search_text(name) like search_pattern(:word0) or search_text(email) like search_pattern(:word0))' +
        ' and (search_text(name) like search_pattern(:word1) or search_text(email) like search_pattern(:word1))',
    );
  });

  it('has the same SQL text for any number of words', () => {
    const few = buildSearch(['name'], [], 'aaaa bbbb cccc dd')!;
    const many = buildSearch(['name'], [], `aaaa bbbb cccc ${Array.from({ length: 60 }, (_, i) => i).join(' ')}`)!;
    expect(many.condition).toBe(few.condition);
    expect(many.parameters).toMatchObject({ word0: 'aaaa', word1: 'bbbb', word2: 'cccc' });
    expect(many.parameters['words']).toHaveLength(60);
  });

  it.each([
    ['lamp', ['by index']],
    ['Lämpchen', ['by index']],
    ['é-é', ['by index']],
    ['-a', ['by index']],
    ['Иван', ['if possible']],
    ['日本語', ['if possible']],
    ['e', ['in order']],
    ['q~', ['in order']],
    ['lamp e', ['by index', 'in order']],
    ['%', ['in order']],
  ])('for %j chooses the condition of each word: %j', (text, how) => {
    expect(ways(text)).toEqual(how);
  });

  it.each([
    ['lamp', 'search_text(body) like'],
    ['Иван', 'strpos(search_text(body), search_text(:word0))'],
    ['lamp desk chair e', 'strpos(search_text(body), search_text(word))'],
  ])('searches long columns for %j, too', (text, condition) => {
    expect(buildSearch(['title', 'body'], ['body'], text)!.condition).toContain(condition);
  });

  it.each(['e', 'q~', 'é', '一'])('does not search long columns for %j, which has no trigram', (text) => {
    expect(buildSearch(['title', 'body'], ['body'], text)!.condition).toBe(
      '(strpos(search_text(title), search_text(:word0)) > 0)',
    );
  });

  it('never contains the words in its SQL text', () => {
    expect(buildSearch(['name'], [], `'; drop table items; --`)!.condition).not.toContain('drop');
  });
});
