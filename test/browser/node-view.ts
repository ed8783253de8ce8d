import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually';

/**
 * A node's own view: its parameters in the middle, what goes in on the left, what comes out on the
 * right.
 */
export class NodeView {
	constructor(private readonly page: Page) {}

	get root(): Locator {
		return this.page.getByTestId('ndv');
	}

	get output(): Locator {
		return this.root.getByTestId('output-panel');
	}

	async shown(): Promise<void> {
		await this.root.waitFor();
	}

	async close(): Promise<void> {
		await this.root.getByTestId('ndv-close-button').click();
		await this.root.waitFor({ state: 'hidden' });
	}

	async connect(service: string): Promise<void> {
		await this.root.getByText(`Connect to ${service}`).click();
	}

	/** Opens the credential that the node has. */
	async editCredential(): Promise<void> {
		await this.root.getByTestId('credential-edit-button').click();
	}

	/**
	 * Opens what a trigger's view says about when it starts the workflow, and waits for these words
	 * of it.
	 */
	async help(words: string): Promise<void> {
		await this.root.getByText('When will this node trigger my flow?').click();
		await this.root.getByText(words).waitFor();
	}

	/** What may be chosen in a field. Leaves its list open. */
	async choices(parameter: string): Promise<string[]> {
		await this.openList(parameter);
		return await this.options.allInnerTexts();
	}

	/** Chooses in a field whose list is closed. */
	async choose(parameter: string, name: string): Promise<void> {
		await this.openList(parameter);
		await this.options.filter({ has: this.page.getByText(name, { exact: true }) }).click();
		// Lists in which several things may be chosen stay open.
		if (await this.options.first().isVisible()) await this.page.keyboard.press('Escape');
		await this.options.first().waitFor({ state: 'hidden' });
	}

	/** Loads the list of an empty field anew, from the menu beside it. */
	async refresh(parameter: string): Promise<void> {
		await this.field(parameter).hover();
		await this.root
			.getByTestId(`${parameter}-parameter-input-options-container`)
			.getByTestId('action-toggle')
			.click();
		await this.page
			.getByRole('menuitem', { name: 'Refresh List' })
			.filter({ visible: true })
			.click();
		// Something else stands there while the list is on its way, and where it could not be got.
		await this.field(parameter).getByPlaceholder('Select', { exact: true }).waitFor();
	}

	/**
	 * Waits until the list of a resource locator offers exactly this for these words. Leaves it open.
	 */
	async offers(parameter: string, words: string, expected: readonly string[]): Promise<void> {
		const search = this.page.getByTestId('rlc-search');
		if (!(await search.isVisible()))
			await this.root.getByTestId(`resource-locator-${parameter}`).getByTestId('rlc-input').click();
		await search.fill(words);
		await eventually(`a list of ${expected.join(', ')}`, async () => {
			const seen = await this.page.getByTestId('rlc-item').allInnerTexts();
			return seen.join() === expected.join() ? true : undefined;
		});
	}

	async pick(name: string): Promise<void> {
		await this.page.getByTestId('rlc-item').filter({ hasText: name }).click();
	}

	/** Replaces the words of an expression. */
	async write(parameter: string, expression: string): Promise<void> {
		await this.field(parameter).locator('.cm-content').click();
		await this.page.keyboard.press('ControlOrMeta+A');
		// As from the clipboard: while somebody types, the editor adds the closing brackets by itself.
		await this.page.keyboard.insertText(expression);
	}

	async execute(): Promise<void> {
		await this.root.getByTestId('node-execute-button').click();
	}

	/**
	 * Waits until the node has put these words out, its fields one below the other.
	 * @returns all of it, as text
	 */
	async result(words: string): Promise<string> {
		await this.output.getByTestId('radio-button-schema').click();
		await this.output.getByText(words).first().waitFor();
		return await this.output.innerText();
	}

	/**
	 * n8n closes a list that is open when it draws the field anew, as it does once a list has come.
	 */
	private async openList(parameter: string): Promise<void> {
		const field = this.field(parameter);
		await eventually(`the list of ${parameter}`, async () => {
			if (await this.options.first().isVisible()) return true;
			if ((await field.locator('[aria-expanded="true"]').count()) === 0) await field.click();
			return undefined;
		});
	}

	private field(parameter: string): Locator {
		return this.root.getByTestId(`parameter-input-${parameter}`);
	}

	private get options(): Locator {
		return this.page.getByRole('option').filter({ visible: true });
	}
}
