import { readFile } from 'node:fs/promises';
import { CommandError } from './command-error.ts';
import type { GatewayClient } from './gateway-client.ts';
import type { GenerateOptions } from './generate-options.ts';

/** The body of the create request; an image that is a file is uploaded for it. */
export async function toOrder(options: GenerateOptions, client: GatewayClient): Promise<object> {
  const { image, prompt, model, seconds, resolution, provider } = options;
  const role = model?.toLowerCase().includes('s2v') ? 'subject_image' : 'first_frame_image';
  const isUrl = image !== undefined && /^(https?|data):/.test(image);
  return {
    prompt,
    model,
    seconds,
    resolution,
    provider,
    ...(image !== undefined && {
      [role]: isUrl ? image : { file_id: await client.upload(await readImage(image)) },
    }),
  };
}

async function readImage(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CommandError(`The image ${path} cannot be read`, { cause });
  }
}
