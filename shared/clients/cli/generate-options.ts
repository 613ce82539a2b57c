import { parseArgs } from 'node:util';
import { CommandError } from './command-error.ts';

/** What `npm run generate` takes. */
export const generateUsage = `npm run generate -- "A lighthouse at dusk, waves below [Push in]" [options]

  --image FILE|URL     the first frame, or the subject for a subject model
  --model NAME         default: chosen by the gateway
  --seconds N          length of the video
  --resolution R       for example 720P
  --provider NAME      default: auto
  --out FILE           default: <id>.mp4 in this folder
  --json               print the finished video object instead of sentences
  --id video_…         wait for a video that was ordered before`;

export interface GenerateOptions {
  readonly prompt?: string;
  readonly image?: string;
  readonly model?: string;
  readonly seconds?: string;
  readonly resolution?: string;
  readonly provider?: string;
  readonly out?: string;
  readonly id?: string;
  readonly json: boolean;
}

/** Throws a CommandError that shows the usage, or what parseArgs throws at a wrong option. */
export function parseGenerateOptions(args: readonly string[]): GenerateOptions {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [prompt, ...surplus] = positionals;
  if (surplus.length > 0)
    throw new CommandError(`Put the prompt in quotes: "${positionals.join(' ')}"\n\n${generateUsage}`);
  const isNothing = prompt === undefined && values.image === undefined && values.id === undefined;
  if (isNothing) throw new CommandError(generateUsage);
  return { ...values, json: values.json === true, ...(prompt !== undefined && { prompt }) };
}

const options = {
  image: { type: 'string' },
  model: { type: 'string' },
  seconds: { type: 'string' },
  resolution: { type: 'string' },
  provider: { type: 'string' },
  out: { type: 'string' },
  id: { type: 'string' },
  json: { type: 'boolean' },
} as const;
