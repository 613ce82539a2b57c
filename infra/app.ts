import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { GatewayStack } from './gateway-stack.ts';
import { readSettings } from './settings.ts';

const settings = readSettings();
const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
new GatewayStack(app, settings.stackName, settings);
