import { S3Client } from '@aws-sdk/client-s3';
import { createMediaStore, type MediaStore } from '../../storage/media-store.ts';
import type { Deployment } from './deployment.ts';

/** The media bucket of a deployment. */
export function openMedia({ bucket }: Pick<Deployment, 'bucket'>): MediaStore {
  const client = new S3Client({ ...bucket.client, forcePathStyle: true });
  return createMediaStore({ client, bucket: bucket.name });
}
