import * as z from 'zod';

/**
 * Every environment variable of the functions, declared once. A handler picks what it needs with
 * `readConfig({ ...tasksConfig, … })`; the constructs that set them use the same names.
 */
export const tasksConfig = { TASKS_TABLE_NAME: z.string().min(1) };
export const accountsConfig = { ACCOUNTS_TABLE_NAME: z.string().min(1) };
export const mediaConfig = { MEDIA_BUCKET_NAME: z.string().min(1) };
export const workflowConfig = { STATE_MACHINE_ARN: z.string().min(1) };
/** The state machine that delivers webhooks. */
export const deliveryConfig = { DELIVERY_MACHINE_ARN: z.string().min(1) };
/** The prefix under which the providers' credentials lie as SecureStrings, without a trailing slash. */
export const credentialsConfig = { CREDENTIALS_PATH: z.string().startsWith('/') };
/** The base of callback URLs and of keyless links, without a trailing slash. */
export const publicUrlConfig = {
  CONCH_PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
};
/** Origins that may be fetched although they are private or plain http. */
export const trustedOriginsConfig = {
  CONCH_TRUSTED_ORIGINS: z.string().default('').transform(toList).pipe(z.array(z.url())),
};
/** Whether the camera moves in a prompt are put into the words of the offer that is bought. */
export const cameraMovesConfig = {
  CONCH_CAMERA_MOVES: z.enum(['translate', 'passthrough']).default('translate'),
};
/** Names of the enabled providers; empty means all. */
export const providersConfig = { CONCH_PROVIDERS: z.string().default('').transform(toList) };

/** Where the local gateway keeps everything. */
export const dataDirectoryConfig = { CONCH_DATA_DIR: z.string().min(1).default('.conch') };
/** A deployed gateway for the command line; without it a local one is used. */
export const gatewayAddressConfig = {
  CONCH_URL: z.url({ protocol: /^https?$/ }).optional(),
  CONCH_API_KEY: z.string().min(1).optional(),
};

export type EnvironmentName =
  | keyof typeof tasksConfig
  | keyof typeof accountsConfig
  | keyof typeof mediaConfig
  | keyof typeof workflowConfig
  | keyof typeof deliveryConfig
  | keyof typeof credentialsConfig
  | keyof typeof publicUrlConfig
  | keyof typeof trustedOriginsConfig
  | keyof typeof cameraMovesConfig
  | keyof typeof providersConfig;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment. Nothing else in the code reads it. */
export function environment(): Environment {
  return process.env;
}

/** Parses the variables of `shape`; throws one error that names every variable at fault. */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  variables: Environment = environment(),
): z.output<z.ZodObject<Shape>> {
  const parsed = z.object(shape).safeParse(variables);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The configuration is wrong. ${faults.join('; ')}`);
}

function toList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
