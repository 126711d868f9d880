import { describe, expect, it } from 'vitest';

import { draftOf, nothing, problems, providersOf, sent } from './draft';

describe('the form of an application', () => {
  it('says what is wrong with each field', () => {
    expect(problems(nothing, [])).toEqual({ name: 'Give it a name.', email: 'Write an address such as team@example.com.' });
    const good = { ...nothing, name: 'Shop', email: 'a@b' };
    expect(problems(good, [])).toEqual({});
    expect(problems(good, ['shop']).name).toMatch(/There is/);
    expect(problems({ ...good, name: '<script>' }, []).name).toMatch(/letters/);
    expect(problems({ ...good, instancePort: '70000' }, []).instancePort).toBeDefined();
  });

  it('is sent in the names that gate knows, and comes back the same', () => {
    const draft = { ...nothing, name: 'Shop ', email: ' a@b ', cloudProviders: ['local', 'aws'], repoType: 'github', repoSlug: 's' };
    const body = sent(draft);
    expect(body).toMatchObject({ name: 'shop', email: 'a@b', cloudProviders: ['local', 'aws'], repoSlug: 's', instancePort: 80 });
    const back = draftOf({ name: 'shop', attributes: { ...body, cloudProviders: 'local,aws' } });
    expect(back).toEqual({ ...draft, name: 'shop', email: 'a@b' });
  });

  it('reads the providers however they are written', () => {
    expect(providersOf({ cloudProviders: 'local, aws,' })).toEqual(['local', 'aws']);
    expect(providersOf({})).toEqual([]);
  });
});
