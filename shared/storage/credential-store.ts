import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { type Clock, secondsAfter } from '../clock.ts';

/** The parameter store allows 40 reads a second: a warm function keeps a key for so long. */
const cacheSeconds = 300;

interface CredentialStoreOptions {
  readonly client: SSMClient;
  readonly clock: Clock;
  /** Prefix of the parameters' names, without a trailing slash. */
  readonly path: string;
}

/** The providers' API keys, SecureStrings of the parameter store. */
export interface CredentialStore {
  getApiKey(provider: string): Promise<string | undefined>;
  putApiKey(provider: string, apiKey: string): Promise<void>;
}

export function createCredentialStore({ client, clock, path }: CredentialStoreOptions): CredentialStore {
  const known = new Map<string, { readonly apiKey: string; readonly until: string }>();

  async function readApiKey(provider: string): Promise<string | undefined> {
    try {
      const answer = await client.send(
        new GetParameterCommand({ Name: `${path}/${provider}`, WithDecryption: true }),
      );
      return answer.Parameter?.Value;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  }

  return {
    async getApiKey(provider) {
      const cached = known.get(provider);
      if (cached !== undefined && clock.now().toISOString() < cached.until) return cached.apiKey;
      const apiKey = await readApiKey(provider);
      if (apiKey !== undefined)
        known.set(provider, { apiKey, until: secondsAfter(clock.now(), cacheSeconds) });
      return apiKey;
    },

    async putApiKey(provider, apiKey) {
      await client.send(
        new PutParameterCommand({
          Name: `${path}/${provider}`,
          Value: apiKey,
          Type: 'SecureString',
          Overwrite: true,
        }),
      );
    },
  };
}
