import {
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { listSearch } from '../shared/n8n/listSearch';
import { loadOptions } from '../shared/n8n/loadOptions';
import { toNodeError } from '../shared/n8n/nodeErrors';
import { conditionsProperty } from '../shared/parameters/conditions';
import { filtersProperty } from '../shared/parameters/filters';
import { outputProperties } from '../shared/parameters/output';
import { CREDENTIAL_TYPE } from '../shared/signicat/context';
import { emitProperty, eventProperties } from './events';
import { pollForItems } from './pollForItems';
import { triggerOptions } from './options';

export class SignicatAuditTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Signicat Audit Trigger',
		name: 'signicatAuditTrigger',
		icon: {
			light: 'file:../../icons/signicatAudit.svg',
			dark: 'file:../../icons/signicatAudit.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ { newEvent: "New event", newEventType: "New event type", newValue: "New value: " + $parameter["fields"] }[$parameter["event"]] }}',
		description:
			'Starts the workflow when new events appear in the audit log of a Signicat account',
		eventTriggerDescription: '',
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive: `<b>While you build the workflow</b>, select 'Fetch Test Event': it shows the newest events that match, and changes nothing.<br><br><b>When the workflow does what you want</b>, publish it. n8n then looks for new events at the 'Poll Times'. You find its executions under 'Executions', not in the editor.`,
				active: `<b>While you build the workflow</b>, select 'Fetch Test Event': it shows the newest events that match, and changes nothing.<br><br><b>The published workflow</b> looks for new events at the 'Poll Times'. You find its executions under 'Executions', not in the editor.`,
			},
			activationHint: "Once you've finished building your workflow, publish it.",
		},
		activationMessage:
			'Your workflow will now start when new events, event types or values appear in the Signicat audit log.',
		defaults: { name: 'Signicat Audit Trigger' },
		polling: true,
		hints: [
			{
				message:
					"A poll returns one item for each event that it finds, so the next nodes may run for several. To get one item for all of them, set 'Emit' to 'One Item per Poll'.",
				type: 'info',
				location: 'outputPane',
				whenToDisplay: 'beforeExecution',
				displayCondition: '={{ $parameter["emit"] !== "oneItemPerPoll" }}',
			},
		],
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		properties: [
			...eventProperties,
			filtersProperty,
			conditionsProperty,
			...outputProperties,
			emitProperty,
			triggerOptions,
		],
	};

	methods = { listSearch, loadOptions };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		try {
			const items = await pollForItems(this);
			return items.length > 0 ? [items.map((json) => ({ json }))] : null;
		} catch (cause) {
			const error = toNodeError(this, cause);
			throw error;
		}
	}
}
