import { policies } from '../../domain/video-request.ts';
import { providerChoiceSchema } from '../../ordering/provider-choice.ts';
import { loadDoors } from '../../providers/doors.ts';
import { providerDefinitions } from '../../providers/registry.ts';
import type { ApiKey } from '../../storage/account-items.ts';
import { CommandError } from './command-error.ts';

/** How a key speaks to the providers' APIs. */
type KeyUse = Pick<ApiKey, 'door' | 'providerChoice'>;

/** The options of a new key that say it. */
export const keyUseOptions = { door: { type: 'string' }, provider: { type: 'string' } } as const;

type KeyUseValues = Readonly<Partial<Record<keyof typeof keyUseOptions, string | undefined>>>;

const doorNames = [...new Set(loadDoors({}).map(({ provider }) => provider))];
const providerNames = providerDefinitions.map(({ name }) => name);

/** What the options ask for; throws a CommandError that names what does not exist. */
export function readKeyUse({ door, provider }: KeyUseValues): KeyUse {
  if (door !== undefined && !doorNames.includes(door)) {
    throw new CommandError(`--door is "${door}": give one of ${doorNames.join(', ')}`);
  }
  if (provider !== undefined && !isProviderChoice(provider)) {
    const names = providerNames.join(', ');
    throw new CommandError(
      `--provider is "${provider}": give one of ${policies.join(', ')}, or names with commas: ${names}`,
    );
  }
  return {
    ...(door !== undefined && { door }),
    ...(provider !== undefined && { providerChoice: provider }),
  };
}

function isProviderChoice(text: string): boolean {
  const choice = providerChoiceSchema.safeParse(text).data;
  return choice?.providers?.every((name) => providerNames.includes(name)) ?? choice !== undefined;
}

export function describeKeyUse({ door, providerChoice }: KeyUse): string {
  const spoken = door === undefined ? '' : `  door ${door}`;
  return providerChoice === undefined ? spoken : `${spoken}  provider ${providerChoice}`;
}
