import { mediaConfig, readConfig, trustedOriginsConfig } from '../../../shared/config.ts';
import { archiveVideo as archive } from '../../../shared/media/archive.ts';
import { inspectStored } from '../../../shared/media/inspect-stored.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { createStepContext } from '../../../shared/steps/step-context.ts';
import { stepHandler } from '../../../shared/steps/step-stack.ts';
import { createS3Client } from '../../../shared/storage/media-store.ts';
import { createStreamDownload } from '../../../shared/storage/stream-download.ts';
import { createStreamUpload } from '../../../shared/storage/stream-upload.ts';
import { archiveVideo } from './archive-video.ts';

const config = readConfig({ ...mediaConfig, ...trustedOriginsConfig });
const stepContext = createStepContext();
/** The operator chose the providers' own origins: their results need not be public. */
const providerOrigins = [...stepContext.providers.values()].map(({ baseUrl }) => new URL(baseUrl).origin);
const bucket = { client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME };
const download = createStreamDownload(bucket);
const tools = {
  safeFetch: createSafeFetch({ trustedOrigins: [...config.CONCH_TRUSTED_ORIGINS, ...providerOrigins] }),
  uploadStream: createStreamUpload(bucket),
};
const context = {
  ...stepContext,
  archive: (url: string, key: string) => archive({ url, key }, tools),
  inspectStored: (key: string) => inspectStored(key, download),
};

export const handler = stepHandler((input) => archiveVideo(input, context));
