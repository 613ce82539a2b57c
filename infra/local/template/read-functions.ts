import * as z from 'zod';
import type { ResolvedTemplate } from './resolved-template.ts';

export interface LocalFunction {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The directory of the unpacked bundle. */
  readonly directory: string;
  /** `file.export`, for example `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

const functionSchema = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()) }).optional(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
});

export function readFunctions(
  template: ResolvedTemplate,
  assetDirectory: (objectKey: string) => string,
): LocalFunction[] {
  return template.resources('AWS::Lambda::Function').map(({ logicalId, ref, arn, properties }) => {
    const parsed = functionSchema.parse(properties);
    return {
      logicalId,
      name: ref,
      arn,
      directory: assetDirectory(parsed.Code.S3Key),
      handler: parsed.Handler,
      environment: parsed.Environment?.Variables ?? {},
      timeoutSeconds: parsed.Timeout,
      memoryMegabytes: parsed.MemorySize,
    };
  });
}
