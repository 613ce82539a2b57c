import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { AwsJsonService } from './aws-json-server.ts';
import { AwsServiceError } from './aws-service-error.ts';
import { localAccount, localRegion } from './template/resource-identities.ts';
import { systemTimerClock } from './timer-clock.ts';

const parameterSchema = z.object({
  name: z.string(),
  type: z.enum(['String', 'StringList', 'SecureString']),
  value: z.string(),
  version: z.number(),
  modifiedAt: z.string(),
});
type Parameter = z.infer<typeof parameterSchema>;

const decryptionSchema = z.object({ WithDecryption: z.boolean().default(false) });
const getSchema = decryptionSchema.extend({ Name: z.string() });
const getManySchema = decryptionSchema.extend({ Names: z.array(z.string()) });
const byPathSchema = decryptionSchema.extend({
  Path: z.string().startsWith('/'),
  Recursive: z.boolean().default(false),
  MaxResults: z.number().int().min(1).max(10).default(10),
  NextToken: z.string().optional(),
});
const putSchema = z.object({
  Name: z.string().min(1),
  Value: z.string().min(1),
  Type: parameterSchema.shape.type.default('String'),
  Overwrite: z.boolean().default(false),
});
const deleteSchema = z.object({ Name: z.string() });

interface ParameterStoreOptions {
  /** Keeps the parameters here, readable by the owner only; without it they live in memory. */
  readonly file?: string;
}

/** SSM's parameter store, for `AmazonSSM`. A SecureString read without decryption shows no secret. */
export function createParameterStore({ file }: ParameterStoreOptions = {}): AwsJsonService {
  const parameters = new Map(readParameters(file).map((parameter) => [parameter.name, parameter]));
  const save = () => writeParameters(file, [...parameters.values()]);
  const operations: Readonly<Record<string, (input: unknown) => object>> = {
    GetParameter(input) {
      const { Name, WithDecryption } = getSchema.parse(input);
      return { Parameter: toWire(requireParameter(parameters, Name), WithDecryption) };
    },
    GetParameters(input) {
      const { Names, WithDecryption } = getManySchema.parse(input);
      const found = Names.flatMap((name) => parameters.get(name) ?? []);
      const InvalidParameters = Names.filter((name) => !parameters.has(name));
      return { Parameters: found.map((one) => toWire(one, WithDecryption)), InvalidParameters };
    },
    GetParametersByPath: (input) => pageByPath([...parameters.values()], byPathSchema.parse(input)),
    PutParameter(input) {
      const parameter = toParameter(parameters, putSchema.parse(input));
      parameters.set(parameter.name, parameter);
      save();
      return { Version: parameter.version, Tier: 'Standard' };
    },
    DeleteParameter(input) {
      parameters.delete(requireParameter(parameters, deleteSchema.parse(input).Name).name);
      save();
      return {};
    },
  };
  return async (operation, input) => {
    const answer = operations[operation];
    if (answer !== undefined) return answer(input);
    throw new AwsServiceError('UnknownOperationException', `SSM here does not know ${operation}`);
  };
}

function requireParameter(parameters: ReadonlyMap<string, Parameter>, name: string): Parameter {
  const parameter = parameters.get(name);
  if (parameter === undefined) throw new AwsServiceError('ParameterNotFound', `There is no ${name}`);
  return parameter;
}

function toParameter(existing: ReadonlyMap<string, Parameter>, put: z.infer<typeof putSchema>): Parameter {
  const version = existing.get(put.Name)?.version ?? 0;
  if (version > 0 && !put.Overwrite) {
    throw new AwsServiceError('ParameterAlreadyExists', 'The parameter exists; use Overwrite to replace it');
  }
  const modifiedAt = systemTimerClock.now().toISOString();
  return { name: put.Name, type: put.Type, value: put.Value, version: version + 1, modifiedAt };
}

function pageByPath(parameters: readonly Parameter[], request: z.infer<typeof byPathSchema>): object {
  const path = request.Path.endsWith('/') ? request.Path : `${request.Path}/`;
  const isUnder = ({ name }: Parameter) =>
    name.startsWith(path) && (request.Recursive || !name.slice(path.length).includes('/'));
  const found = parameters.filter(isUnder).sort((a, b) => (a.name < b.name ? -1 : 1));
  const start = Number(request.NextToken ?? 0);
  const end = start + request.MaxResults;
  return {
    Parameters: found.slice(start, end).map((one) => toWire(one, request.WithDecryption)),
    ...(end < found.length ? { NextToken: String(end) } : {}),
  };
}

function toWire({ name, type, value, version, modifiedAt }: Parameter, isDecrypted: boolean): object {
  return {
    Name: name,
    Type: type,
    Value: type === 'SecureString' && !isDecrypted ? '(encrypted)' : value,
    Version: version,
    LastModifiedDate: Date.parse(modifiedAt) / 1000,
    ARN: `arn:aws:ssm:${localRegion}:${localAccount}:parameter/${name.replace(/^\//, '')}`,
    DataType: 'text',
  };
}

function readParameters(file: string | undefined): Parameter[] {
  if (file === undefined) return [];
  try {
    return z.array(parameterSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new Error(`The parameters in ${file} cannot be read`, { cause: error });
  }
}

function writeParameters(file: string | undefined, parameters: readonly Parameter[]) {
  if (file === undefined) return;
  writeFileSync(`${file}.new`, JSON.stringify(parameters, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
