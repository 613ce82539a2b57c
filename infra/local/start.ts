import { type RunningGateway, startGateway } from './gateway.ts';
import { readLocalSettings } from './settings.ts';

/** `npm start`: the gateway in the foreground, until SIGINT or SIGTERM. */
async function main(): Promise<void> {
  const gateway = await startGateway(readLocalSettings());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(gateway));
  console.log(`ready ${gateway.url}\n${toIntroduction(gateway)}`);
}

async function stop(gateway: RunningGateway): Promise<void> {
  await gateway.close();
  process.exit(0);
}

function toIntroduction({ url, local }: RunningGateway): string {
  return [
    `API key: ${local.apiKey}`,
    `Try: curl ${url}/v1/videos -H 'authorization: Bearer ${local.apiKey}' \\`,
    `       -H 'content-type: application/json' -d '{"prompt": "A lighthouse at dusk, waves below [Push in]"}'`,
  ].join('\n');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error)
    return `Port ${error.port} is in use; set PORT to another one, or 0 for any`;
  return error.message;
}

main().catch((error: unknown) => {
  console.error(describe(error));
  process.exit(1);
});
