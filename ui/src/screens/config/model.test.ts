import { describe, expect, it } from 'vitest';

import { bannerKind, bannerProblems, bannersOf, coloured, guardProblems, guardsOf, linkGroupsOf, linkProblems, notificationList, notificationProblems, notificationsSent, switched, watched } from './model';

describe('traffic guards', () => {
  it('are read as forms have them, whatever stands in the application', () => {
    expect(guardsOf(undefined)).toEqual([]);
    expect(guardsOf('nonsense')).toEqual([]);
    expect(guardsOf([{ account: 'a', stack: null, more: 1 }, null])).toEqual([{ account: 'a', location: '*', stack: '', detail: '', enabled: true, more: 1 }]);
  });

  it('need an account, and stand once', () => {
    const [one] = guardsOf([{ account: 'a' }]);
    if (!one) throw new Error('there is one');
    expect(guardProblems([one])).toEqual({});
    expect(guardProblems([{ ...one, account: '' }])).toEqual({ '0.account': 'Choose an account.' });
    expect(Object.keys(guardProblems([one, { ...one, enabled: false }]))).toEqual(['1.account']);
  });

  it('watch what their stack and detail say', () => {
    const clusters = { a: ['shop', 'shop-prod', 'shop-prod-eu-1', 'shop--eu'], b: ['shop-prod'] };
    const guard = (stack: string, detail: string) => watched({ enabled: true, account: 'a', location: '*', stack, detail }, 'shop', clusters);
    expect(guard('*', '*')).toEqual(clusters.a);
    expect(guard('', '')).toEqual(['shop']);
    expect(guard('prod', '')).toEqual(['shop-prod']);
    expect(guard('prod', '*')).toEqual(['shop-prod', 'shop-prod-eu-1']);
    expect(guard('*', 'eu')).toEqual(['shop--eu']);
    expect(watched({ enabled: true, account: 'c', location: '*', stack: '*', detail: '*' }, 'shop', clusters)).toEqual([]);
  });
});

describe('links', () => {
  it('lead to an instance, or to a web page', () => {
    const groups = linkGroupsOf([{ title: 'Logs', cloudProviders: ['local'], links: [{ title: 'a', path: '/x' }, { title: 'b', path: ':80' }, { title: 'c', path: 'https://x' }] }]);
    expect(linkProblems(groups)).toEqual({});
    expect(groups[0]?.cloudProviders).toEqual(['local']);
    expect(Object.keys(linkProblems(linkGroupsOf([{ title: ' ', links: [{ title: '', path: 'javascript:alert(1)' }] }])))).toEqual(['0.title', '0.0.title', '0.0.path']);
  });
});

describe('banners', () => {
  it('are one at a time', () => {
    const banners = bannersOf([{ text: 'a', enabled: true }, { text: 'b' }]);
    expect(switched(banners, 1, true).map(({ enabled }) => enabled)).toEqual([false, true]);
    expect(switched(banners, 0, false).map(({ enabled }) => enabled)).toEqual([false, false]);
    expect(switched(banners, 1, false).map(({ enabled }) => enabled)).toEqual([true, false]);
    expect(bannerProblems(bannersOf([{ text: ' ' }]))).toEqual({ '0.text': 'Write what it says.' });
  });

  it('have upstream’s colours and no others', () => {
    const [banner] = bannersOf([{ text: 'a', backgroundColor: 'var(--color-danger-light)' }]);
    if (!banner) throw new Error('there is one');
    expect(bannerKind(banner)).toBe('danger');
    expect(bannerKind(coloured(banner, 'success'))).toBe('success');
    expect(bannerKind({ backgroundColor: 'url(https://elsewhere)' })).toBe('accessory');
  });
});

describe('notifications', () => {
  const all = { application: 'shop', lastModified: 1, email: [{ type: 'email', address: 'a@b.c', when: ['pipeline.failed'], message: { x: 1 } }], slack: [{ address: '#a', when: [] }] };

  it('are one list, and go back as lists by kind', () => {
    const list = notificationList(all);
    expect(list.map(({ type }) => type)).toEqual(['email', 'slack']);
    expect(notificationsSent(all, list)).toEqual({ application: 'shop', lastModified: 1, email: all.email, slack: [{ type: 'slack', address: '#a', when: [] }] });
    expect(notificationsSent(all, [])).toEqual({ application: 'shop', lastModified: 1 });
  });

  it('need an address and a time', () => {
    expect(notificationProblems([{ type: 'email', address: 'nobody', when: ['pipeline.failed'] }, { type: 'slack', when: [] }])).toEqual({
      '0.address': 'Write an address such as team@example.com.',
      '1.address': 'Say whom it is sent to.',
      '1.when': 'Choose when it is sent.',
    });
    expect(notificationProblems([{ type: 'pubsub', publisherName: 'p', when: ['pipeline.failed'] }])).toEqual({});
  });
});
