import { AwsServiceError } from '../aws-service-error.ts';

/** The idempotency of ClientRequestToken. */
export interface RequestTokens {
  /** Answers as the first time when `token` was seen; throws when it came with another request. */
  answerOnce(token: string, digest: string, answer: () => Promise<object>): Promise<object>;
}

// AWS remembers for ten minutes; a count bounds the memory without a clock and covers every SDK retry.
const rememberedTokens = 20_000;

/** Remembers in memory only: a restart forgets. */
export function createRequestTokens(): RequestTokens {
  const seen = new Map<string, { readonly digest: string; readonly answer: Promise<object> }>();

  function remember(token: string, digest: string, answer: Promise<object>) {
    seen.set(token, { digest, answer });
    const [oldest] = seen.keys();
    if (seen.size > rememberedTokens && oldest !== undefined) seen.delete(oldest);
    answer.catch(() => seen.delete(token));
  }

  return {
    async answerOnce(token, digest, answer) {
      const first = seen.get(token);
      if (first === undefined) {
        const given = answer();
        remember(token, digest, given);
        return given;
      }
      if (first.digest === digest) return first.answer;
      throw new AwsServiceError(
        'IdempotentParameterMismatchException',
        'The ClientRequestToken was used before with other parameters',
      );
    },
  };
}
