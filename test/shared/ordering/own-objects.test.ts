import { expect, it } from 'vitest';
import { ownKey } from '../../../shared/ordering/own-objects.ts';
import { createMediaStore } from '../../../shared/storage/media-store.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';

it.each([
  ['inbox/acme/a.png', true],
  ['outbox/acme/a/b.mp4', true],
  ['inputs/acme/uploads/file_AAAAAAAAAAAA', true],
  ['inputs/acme/..a.png', true],
  ['inputs/acme2/a.png', false],
  ['inputs/a.png', false],
  ['videos/acme/a.mp4', false],
  ['inbox/acme/../rival/a.png', false],
  ['inbox/acme/./a.png', false],
  ['inbox/acme//a.png', false],
  ['inbox/acme/', false],
])('whether acme may name s3://media/%s: %s', async (key, isOwn) => {
  const media = createMediaStore(await startMediaBucket());

  const found = ownKey({ kind: 's3', bucket: 'media', key }, { account: 'acme', media });

  expect(found).toBe(isOwn ? key : undefined);
});
