import { Answer, created } from './answer.js';

describe('created', () => {
  it('says where the new thing is', () => {
    expect(created({ id: 7 }, '/items/7')).toEqual(new Answer({ id: 7 }, { Location: '/items/7' }));
  });
});
