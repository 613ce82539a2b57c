import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const sources = globSync('{infra,functions,shared}/**/*.ts').sort();
const textOf = (file: string) => readFileSync(file, 'utf8');

/** The files of the project that a file imports, by their paths from the root. */
function importsOf(file: string): string[] {
  const specifiers = [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)];
  return specifiers.map(([, specifier = '']) => normalize(join(dirname(file), specifier)));
}

const foundation = [
  'shared/clock.ts',
  'shared/config.ts',
  'shared/errors.ts',
  'shared/ids.ts',
  'shared/logger.ts',
  'shared/loopback.ts',
  'shared/metrics.ts',
  'shared/transient-errors.ts',
];
const domain = ['shared/domain/', ...foundation];

/** Who may import what, most specific first: the arrows of the architecture. */
const arrows: readonly (readonly [from: string, to: readonly string[]])[] = [
  ['shared/domain/', domain],
  ['shared/providers/', [...domain, 'shared/providers/']],
  ['shared/routing/', [...domain, 'shared/routing/']],
  ['shared/storage/', [...domain, 'shared/storage/']],
  ['shared/media/', [...domain, 'shared/media/', 'shared/storage/']],
  ['shared/ledger/', [...domain, 'shared/ledger/', 'shared/storage/']],
  ['shared/http/', [...domain, 'shared/contract/', 'shared/http/', 'shared/storage/']],
  ['shared/limits/', [...domain, 'shared/limits/', 'shared/routing/', 'shared/storage/']],
  ['shared/steps/', [...domain, 'shared/steps/', 'shared/limits/', 'shared/providers/', 'shared/storage/']],
  [
    'shared/ordering/',
    [
      ...domain,
      'shared/ordering/',
      'shared/contract/',
      'shared/ledger/',
      'shared/limits/',
      'shared/media/',
      'shared/providers/',
      'shared/routing/',
      'shared/storage/',
    ],
  ],
  // Whoever copies the folder needs nothing else of ours.
  ['shared/clients/ai-sdk/', ['shared/clients/ai-sdk/']],
  [
    'shared/clients/',
    [
      ...domain,
      'shared/clients/',
      'shared/ledger/',
      'shared/ordering/provider-choice.ts',
      'shared/providers/doors.ts',
      'shared/providers/registry.ts',
      'shared/routing/health.ts',
      'shared/storage/',
    ],
  ],
  ['shared/contract/', [...domain, 'shared/contract/']],
  ['shared/', domain],
  ['functions/docs/', ['shared/', 'functions/api/']],
  ['functions/', ['shared/']],
  ['infra/local/simulated-providers/', [...domain, 'infra/local/', 'shared/providers/']],
  [
    'infra/local/',
    [
      ...domain,
      'infra/local/',
      'shared/providers/registry.ts',
      'shared/storage/account-store.ts',
      'shared/storage/credential-store.ts',
      'shared/http/problem.ts',
    ],
  ],
  ['infra/', [...domain, 'infra/', 'shared/providers/registry.ts']],
];

const ownFolder = (file: string) => (file.startsWith('functions/') ? [`${dirname(file)}/`] : []);

function wrongArrows(file: string): string[] {
  const allowed = [...(arrows.find(([from]) => file.startsWith(from))?.[1] ?? []), ...ownFolder(file)];
  const wrong = importsOf(file).filter((target) => !allowed.some((prefix) => target.startsWith(prefix)));
  return wrong.map((target) => `${file} -> ${target}`);
}

describe('the arrows', () => {
  it('point one way', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(sources.flatMap(wrongArrows)).toEqual([]);
  });

  it('let a simulated provider use nothing of a provider but its wire and what its door reads and answers', () => {
    const simulated = sources.filter((file) => file.startsWith('infra/local/simulated-providers/'));
    const used = simulated.flatMap(importsOf).filter((target) => target.startsWith('shared/providers/'));
    expect(
      used.filter((target) => !/\/(wire|door-request|door-answers|providers\/web-url)\.ts$/.test(target)),
    ).toEqual([]);
  });

  it('let the function that publishes the contract load it, and everybody else its types alone', () => {
    const isContract = (target: string) => /^shared\/contract\/|contracts?\.ts$/.test(target);
    const others = sources.filter((file) => !isContract(file) && !file.startsWith('functions/docs/'));
    const loaded = others.filter((file) =>
      [...textOf(file).matchAll(/^import (?!type )[^;]*?from '(\.[^']+)'/gms)].some(([, specifier = '']) =>
        isContract(normalize(join(dirname(file), specifier))),
      ),
    );
    expect(loaded).toEqual([]);
  });

  it('keep the local gateway out of everything else', () => {
    const others = sources.filter((file) => !file.startsWith('infra/local/'));
    const users = others.filter((file) =>
      importsOf(file).some((target) => target.startsWith('infra/local/')),
    );
    expect(users).toEqual([]);
  });

  it('keep the AI SDK, which is a dependency for development, in the folder of its provider', () => {
    const isHome = (file: string) => file.startsWith('shared/clients/ai-sdk/');
    const users = sources.filter(
      (file) => /from '(ai|@ai-sdk\/[^']+)'/.test(textOf(file)) || importsOf(file).some(isHome),
    );
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => !isHome(file))).toEqual([]);
  });
});

describe('a provider', () => {
  /** A folder without an index holds what several providers share. */
  const names = globSync('shared/providers/*/index.ts').map((file) => file.split('/')[2] ?? '');

  it('has the same files as every other provider', () => {
    const parts = ['README.md', 'index.ts', 'offers.ts', 'upstream.ts', 'wire.ts'];
    expect(names.length).toBeGreaterThan(1);
    for (const name of names)
      expect(globSync(`shared/providers/${name}/*`)).toEqual(
        expect.arrayContaining(parts.map((part) => `shared/providers/${name}/${part}`)),
      );
  });

  it('is named in its own folder, in the registry and in its simulation, and nowhere else', () => {
    const isHome = (file: string) =>
      /^shared\/providers\/([^/]+\/|registry\.ts|doors\.ts|door-contracts\.ts)/.test(file) ||
      file.startsWith('infra/local/simulated-providers/');
    // Not the end of another word: one provider is called as the second half of "cookie" is.
    const word = new RegExp(`(?<![a-z])(${names.join('|')})`, 'i');
    expect(sources.filter((file) => !isHome(file) && word.test(textOf(file)))).toEqual([]);
  });
});

describe('the code', () => {
  it('reads the environment in one place', () => {
    const readers = sources.filter((file) => textOf(file).includes('process.env'));
    expect(readers).toEqual(['shared/config.ts']);
  });

  it('casts only to constants', () => {
    const casts = sources.flatMap((file) =>
      [...textOf(file).matchAll(/^.*\bas (?!const\b)[A-Za-z{([].*$/gm)]
        .map(([line]) => line.trim())
        .filter(
          (line) =>
            !/^(\*|\/\/|\/\*|import|export|[\w, ]+ as \w+,?$)/.test(line) &&
            !/['"`].*\bas .*['"`]/.test(line),
        )
        .map((line) => `${file}: ${line}`),
    );
    expect(casts).toEqual([]);
  });

  it('has no file over 200 lines', () => {
    const isCatalogue = (file: string) => /\/(wire|offers|faults)\.ts$/.test(file);
    const long = sources.filter((file) => !isCatalogue(file) && textOf(file).split('\n').length > 201);
    expect(long).toEqual([]);
  });
});
