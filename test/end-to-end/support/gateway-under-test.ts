import { gatewayAddressConfig, readConfig } from '../../../shared/config.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { createContractedApi, type PublicApi } from './public-api.ts';

const { CONCH_URL, CONCH_API_KEY } = readConfig(gatewayAddressConfig);

/** How long a video may take: real providers need minutes. */
export const videoSeconds = CONCH_URL === undefined ? 60 : 30 * 60;

export interface GatewayUnderTest {
  readonly url: string;
  readonly api: PublicApi;
  close(): Promise<void>;
}

/** The gateway of CONCH_URL with the key of CONCH_API_KEY; where they are not set, a local one is started. */
export async function openGatewayUnderTest(): Promise<GatewayUnderTest> {
  if (CONCH_URL === undefined) {
    const { local, url, close } = await startTestGateway();
    return { url, api: createContractedApi(local), close };
  }
  if (CONCH_API_KEY === undefined) throw new Error('CONCH_URL is set, so CONCH_API_KEY must be set too');
  const url = CONCH_URL.replace(/\/+$/, '');
  return { url, api: createContractedApi({ url, apiKey: CONCH_API_KEY }), close: async () => {} };
}
