import type { Locator, Page } from 'playwright-core';
import { OWNER } from '../../playground/host/n8n-rest';
import { CredentialDialog } from './credential-dialog';
import { NodeView } from './node-view';

/** n8n's editor as somebody uses it who has a mouse and a keyboard. */
export class Editor {
	readonly node: NodeView;
	readonly credential: CredentialDialog;

	private constructor(
		readonly page: Page,
		private readonly address: string,
	) {
		this.node = new NodeView(page);
		this.credential = new CredentialDialog(page);
	}

	/** Signs in on a page that shows n8n's sign-in form. */
	static async signIn(page: Page, address: string): Promise<Editor> {
		await page.locator('input[name="emailOrLdapLoginId"]').fill(OWNER.email);
		await page.locator('input[name="password"]').fill(OWNER.password);
		await page.getByTestId('form-submit-button').click();
		await page.waitForURL(({ pathname }) => pathname !== '/signin');
		return new Editor(page, address);
	}

	/** An empty canvas. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.address}/workflow/new`);
		await this.page.getByTestId('canvas-plus-button').waitFor();
	}

	/** Opens the node panel for a workflow's first node. */
	async openPanel(): Promise<Panel> {
		await this.page.getByTestId('canvas-plus-button').click();
		return new Panel(this.page);
	}

	/** Opens the node panel for what comes behind a node. */
	async openPanelBehind(node: string): Promise<Panel> {
		const output = this.page.locator(
			`[data-test-id="canvas-node-output-handle"][data-node-name="${node}"]`,
		);
		await output.getByTestId('canvas-handle-plus').click();
		return new Panel(this.page);
	}

	/** Opens the node panel for the tools of an AI Agent. */
	async openPanelForTools(agent: string): Promise<Panel> {
		const tools = this.page.locator(
			`[data-test-id="canvas-node-input-handle"][data-node-name="${agent}"][data-handleid^="inputs/ai_tool"]`,
		);
		await tools.getByTestId('canvas-handle-plus').click();
		return new Panel(this.page);
	}

	get everything(): Locator {
		return this.page.locator('body');
	}

	nodeOnCanvas(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	async open(name: string): Promise<NodeView> {
		await this.nodeOnCanvas(name).dblclick();
		await this.node.shown();
		return this.node;
	}

	/** Publishes the workflow. @returns what n8n says then */
	async publish(): Promise<string> {
		await this.page.getByTestId('workflow-open-publish-modal-button').click();
		await this.page.getByTestId('workflow-publish-button').click();
		const notice = this.page.getByRole('dialog').filter({ hasText: 'Workflow published' });
		const words = await notice.innerText();
		await notice.getByRole('button', { name: 'Got it' }).click();
		await notice.waitFor({ state: 'hidden' });
		return words;
	}

	/** Opens the list of executions. @returns the entries of those that succeeded, newest first */
	async executions(): Promise<Locator> {
		await this.page.getByTestId('radio-button-executions').click();
		await this.page.getByTestId('executions-sidebar').waitFor();
		return this.page
			.getByTestId('current-executions-list')
			.locator('[data-test-execution-status="success"]');
	}
}

/** The node panel, which lists what can be added. */
export class Panel {
	constructor(private readonly page: Page) {}

	get root(): Locator {
		return this.page.getByTestId('node-creator');
	}

	/** @returns the entry of this name that the search for these words finds */
	async find(words: string, name: string): Promise<Locator> {
		await this.root.getByTestId('node-creator-search-bar').fill(words);
		const entry = this.root
			.getByTestId('node-creator-item-name')
			.filter({ has: this.page.getByText(name, { exact: true }) });
		await entry.first().waitFor();
		return entry.first();
	}

	/** Opens a list that is closed, "Actions" for instance. */
	async unfold(title: string): Promise<void> {
		await this.root.getByText(new RegExp(`^${title} \\(\\d+\\)`)).click();
	}

	async choose(words: string): Promise<void> {
		await this.root.getByText(words, { exact: true }).click();
	}

	/** Waits until an entry is shown. */
	async shows(words: string): Promise<void> {
		await this.root.getByText(words, { exact: true }).waitFor();
	}
}
