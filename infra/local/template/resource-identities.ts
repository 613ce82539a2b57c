/** The account and region that the local gateway plays. */
export const localAccount = '000000000000';
export const localRegion = 'us-east-1';

/** What Ref and Fn::GetAtt yield for a resource. */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface ResourceName {
  readonly stackName: string;
  readonly logicalId: string;
  /** The physical name that the template gives, if any. */
  readonly givenName?: string;
}

type ToIdentity = (name: string) => ResourceIdentity;

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${localRegion}:${localAccount}:${resource}`;
}

const byName: ToIdentity = (name) => ({ ref: name, attributes: {} });
const withArn =
  (toArn: (name: string) => string): ToIdentity =>
  (name) => ({ ref: name, attributes: { Arn: toArn(name) } });

/** Each type of resource that the template may refer to, and the property that may name it. */
const identities: Readonly<Record<string, { nameProperty?: string; toIdentity: ToIdentity }>> = {
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    toIdentity: withArn((name) => arn('lambda', `function:${name}`)),
  },
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    toIdentity: withArn((name) => arn('dynamodb', `table/${name}`)),
  },
  'AWS::S3::Bucket': { nameProperty: 'BucketName', toIdentity: toBucket },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    toIdentity: (name) => ({
      ref: arn('states', `stateMachine:${name}`),
      attributes: { Arn: arn('states', `stateMachine:${name}`), Name: name },
    }),
  },
  'AWS::ApiGatewayV2::Api': { toIdentity: toApi },
  'AWS::ApiGatewayV2::Integration': { toIdentity: byName },
  'AWS::ApiGatewayV2::Route': { toIdentity: byName },
  'AWS::ApiGatewayV2::Stage': { toIdentity: byName },
  'AWS::Events::Rule': { nameProperty: 'Name', toIdentity: withArn((name) => arn('events', `rule/${name}`)) },
  'AWS::IAM::Role': { toIdentity: withArn((name) => `arn:aws:iam::${localAccount}:role/${name}`) },
  'AWS::IAM::Policy': { toIdentity: byName },
  'AWS::SQS::Queue': { toIdentity: toQueue },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    toIdentity: withArn((name) => arn('logs', `log-group:${name}:*`)),
  },
};

/** The property that may give a resource of this type its physical name. */
export function nameProperty(type: string): string | undefined {
  return identities[type]?.nameProperty;
}

/** Throws for a type that nothing may refer to. */
export function toResourceIdentity(type: string, name: ResourceName): ResourceIdentity {
  const entry = identities[type];
  if (entry === undefined)
    throw new Error(`${name.logicalId}: references to ${type} are not supported locally`);
  return entry.toIdentity(name.givenName ?? `${name.stackName}-${name.logicalId}`);
}

function toBucket(name: string): ResourceIdentity {
  const bucket = name.toLowerCase();
  return { ref: bucket, attributes: { Arn: `arn:aws:s3:::${bucket}` } };
}

function toQueue(name: string): ResourceIdentity {
  const url = `https://sqs.${localRegion}.amazonaws.com/${localAccount}/${name}`;
  return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name } };
}

function toApi(name: string): ResourceIdentity {
  const apiEndpoint = `https://${name}.execute-api.${localRegion}.amazonaws.com`;
  return { ref: name, attributes: { ApiEndpoint: apiEndpoint, ApiId: name } };
}
