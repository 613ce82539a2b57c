import * as z from 'zod';
import { type Fault, type FaultInput, faultSchema } from './faults.ts';

interface Draw<StageFault extends Fault> {
  /** One of `faultStages`. */
  readonly stage: z.ZodType<StageFault>;
  /** The prompt of the job in question. */
  readonly prompt: string;
  readonly canStrike?: (fault: StageFault) => boolean;
}

/** The faults that are still to strike. Each draw uses up one of the `times` of what it returns. */
export interface FaultPlan {
  /** Replaces all faults; throws when one of them is malformed. */
  set(faults: readonly FaultInput[]): void;
  drawAll<StageFault extends Fault>(draw: Draw<StageFault>): StageFault[];
  /** Only the first: the others strike when it is used up. */
  drawOne<StageFault extends Fault>(draw: Draw<StageFault>): StageFault | undefined;
}

interface Armed {
  readonly fault: Fault;
  remaining: number;
}

export function createFaultPlan(): FaultPlan {
  let armed: Armed[] = [];
  const draw = <StageFault extends Fault>(wanted: Draw<StageFault>, limit: number) => {
    const candidates = armed.flatMap((entry) => toCandidate(entry, wanted)).slice(0, limit);
    for (const { entry } of candidates) entry.remaining -= 1;
    return candidates.map(({ fault }) => fault);
  };
  return {
    set(faults) {
      const parsed = z.array(faultSchema).parse(faults);
      armed = parsed.map((fault) => ({ fault, remaining: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    drawAll: (wanted) => draw(wanted, armed.length),
    drawOne: (wanted) => draw(wanted, 1)[0],
  };
}

function toCandidate<StageFault extends Fault>(entry: Armed, { stage, prompt, canStrike }: Draw<StageFault>) {
  const { promptIncludes } = entry.fault;
  if (entry.remaining === 0 || !prompt.includes(promptIncludes ?? '')) return [];
  const parsed = stage.safeParse(entry.fault);
  if (!parsed.success || canStrike?.(parsed.data) === false) return [];
  return [{ entry, fault: parsed.data }];
}
