import type { FailureCode, SubmitOutcome } from '../../domain/job-progress.ts';
import { readRefusalWords, toRefused, toShownReason } from '../failure-reading.ts';
import { isContradiction } from '../upstream-answers.ts';

/** Reasons of a 400 that speak of the host's machinery, not of the order. */
const machineryReason = /\b(NO_[A-Z_]{1,60}|[A-Z_]{1,60}_EMPTY_ERROR|MODEL_TYPE_NOT_FOUND)\b/;
/** The search would take long in a long text. */
const maxSearchedLength = 1000;

/** What the APIs of the host do not share. */
interface RefusalReading {
  /** The provider as messages call it. */
  readonly label: string;
  /** Texts that no message may show. */
  readonly hidden: readonly (string | undefined)[];
  /** What a code of the models' maker blames; absent where it is none. */
  readonly failureCodeOf?: (code: number, reason: string) => FailureCode | undefined;
}

/** What a 4xx of the host says, whichever of its APIs was asked; absent when its body takes it back. */
export function toMaasRefusal(
  status: number,
  text: string,
  { label, hidden, failureCodeOf }: RefusalReading,
): SubmitOutcome | undefined {
  const words = readRefusalWords(text);
  const code = Number(words.code);
  if (isContradiction(code)) return undefined;
  const said = `${words.code} ${words.text}`.slice(0, maxSearchedLength);
  const machinery = machineryReason.exec(said)?.[0];
  const reason = toShownReason(words.text ?? machinery ?? 'no reason given', hidden);
  const blamed = machinery === undefined ? failureCodeOf?.(code, reason) : 'provider_unavailable';
  return toRefused({ label, status, reason, code: blamed, providerCode: machinery ?? words.code });
}
