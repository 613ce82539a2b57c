import { describe, expect, it } from 'vitest';
import { wireFileSchema } from '../../../../shared/providers/cloudsway/wire.ts';
import { expiryOf } from '../../../../shared/providers/wire-reading.ts';

describe('the wire of Cloudsway', () => {
  it.each([
    ['in seconds', 1772478843, '?Expires=1772803299', '2026-03-02T19:14:03.000Z'],
    ['in milliseconds', 1772478843000, '', '2026-03-02T19:14:03.000Z'],
    ['as text', '1772478843', '', '2026-03-02T19:14:03.000Z'],
    ['later than that of the URL', 1772478843, '?Expires=1772478842', '2026-03-02T19:14:02.000Z'],
    ['of zero', 0, '?Expires=1772478842', '2026-03-02T19:14:02.000Z'],
    ['that is no number', 'tomorrow', '?Expires=soon', undefined],
    ['beyond every date', 9e15, '', undefined],
    ['that is absent', undefined, '', undefined],
  ])('reads an expiry %s', (_name, expireTime, query, expiresAt) => {
    const file = wireFileSchema.parse({ mediaUrl: `https://cdn.example.com/output.mp4${query}`, expireTime });
    expect(expiryOf(file.url ?? '', file.expireTime)).toBe(expiresAt);
  });
});
